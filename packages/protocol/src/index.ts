/** The contract of Steelyard: extended JSON, paths, vocabulary, REST bodies, errors, filters and orders. */
export { toGroupText } from "./aggregate/group-key.ts";
export type { NumberSummary } from "./aggregate/number-summary.ts";
export {
  METRIC_GOALS,
  RunGroups,
  checkAggregateRequest,
  compareGroupKeys,
  toMetricNumber,
} from "./aggregate/run-aggregates.ts";
export type {
  MetricGoal,
  OpenGroup,
  RunAggregateRequest,
  RunGroup,
  RunMetric,
  RunMetricSummary,
} from "./aggregate/run-aggregates.ts";
export { ERROR_CODES, ProtocolError, isErrorCode } from "./errors.ts";
export type { ErrorCode, ErrorDescription, ProtocolErrorOptions } from "./errors.ts";
export { compileFilter, compileRunFilter } from "./filter/compile.ts";
export type { FilterOptions, Predicate } from "./filter/compile.ts";
export { FilterError } from "./filter/filter-error.ts";
export type { Comparable, ComparisonOperator, FieldTest, Filter, RegexCompiler } from "./filter/filter.ts";
export type { FieldKind, FieldResolver, FilterField } from "./filter/filter-field.ts";
export { parseOrder, printOrder } from "./filter/order.ts";
export type { OrderKey } from "./filter/order.ts";
export { parseFilter } from "./filter/parse.ts";
export { printFilter } from "./filter/print.ts";
export type { RunDocument } from "./filter/run-document.ts";
export { resolveRunField } from "./filter/run-fields.ts";
export {
  resolveCollectionField,
  resolveRegistryField,
  resolveVersionField,
} from "./filter/registry-fields.ts";
export type { CollectionDocument, RegistryDocument, VersionDocument } from "./filter/registry-fields.ts";
export { compileOrder, compileRunOrder } from "./filter/run-order.ts";
export type { DocumentOrder, OrderValue, RunOrder } from "./filter/run-order.ts";
export { parseTimestamp } from "./filter/timestamp.ts";
export { MAX_INTEGER_DIGITS, MAX_JSON_DEPTH } from "./json/exact-parser.ts";
export { parseJson, parseJsonObject } from "./json/parse.ts";
export { printJson, toWireJson } from "./json/print.ts";
export { JsonSyntaxError } from "./json/syntax-error.ts";
export { isJsonArray, isJsonObject, setOwn } from "./json/value.ts";
export type { JsonObject, JsonValue } from "./json/value.ts";
export { parseArtifactPath } from "./paths/artifact-path.ts";
export type { ArtifactPath } from "./paths/artifact-path.ts";
export { MAX_FILE_PATH_LENGTH, validateFilePath } from "./paths/file-path.ts";
export { decodeGlobalId, encodeGlobalId } from "./paths/global-id.ts";
export type { GlobalId } from "./paths/global-id.ts";
export {
  MAX_NAME_LENGTH,
  REGISTRY_PREFIX,
  RESERVED_ENTITY_NAMES,
  validateArtifactName,
  validateArtifactTag,
  validateArtifactType,
  validateEntityName,
  validateProjectName,
  validateRegistryName,
  validateRunId,
} from "./paths/names.ts";
export { parseObjectPath } from "./paths/object-path.ts";
export type { ObjectPath } from "./paths/object-path.ts";
export { DEFAULT_PROJECT, parseProjectPath, splitProjectPath } from "./paths/project-path.ts";
export type { ProjectPath, ProjectPathParts } from "./paths/project-path.ts";
export { parseRunPath, splitRunPath } from "./paths/run-path.ts";
export type { PathDefaults, RunPath, RunPathParts } from "./paths/run-path.ts";
export type {
  AdminMember,
  AdminOrganization,
  AdminOrganizationBody,
  AdminArtifactRemoval,
  AdminArtifactTtl,
  AdminTeam,
  AdminTeamBody,
  AdminUser,
  AdminUserBody,
} from "./rest/admin.ts";
export type { ErrorBody } from "./rest/error-body.ts";
export {
  EXPORT_FRAMES_MEDIA_TYPE,
  ExportFrameError,
  ExportFrameReader,
  exportFrameHead,
  exportFramePayload,
} from "./rest/export-frames.ts";
export type { ExportFrame, ReceivedFrame } from "./rest/export-frames.ts";
export {
  BULK_EXPORT_FEATURE,
  EXPORT_FORMATS,
  EXPORT_MEDIA_TYPES,
  MAX_EXPORT_RUNS,
  MAX_EXPORT_SAMPLES,
  historyExportPath,
  isExportFormat,
} from "./rest/exports.ts";
export type {
  ExportedRun,
  ExportFailure,
  ExportFormat,
  ExportProgress,
  HistoryExportBody,
} from "./rest/exports.ts";
export { FILE_STREAM_FILES } from "./rest/file-stream.ts";
export type {
  FileStreamChunk,
  FileStreamKind,
  FileStreamRequest,
  FileStreamResponse,
} from "./rest/file-stream.ts";
export { HEADERS } from "./rest/headers.ts";
export { LAST_EVENT_ID_HEADER, WATCH_FEATURE, liveRunPath, liveRunsPath } from "./rest/live.ts";
export type { LiveRunChanges, LiveRunEvents, LiveRunsEvents } from "./rest/live.ts";
export {
  ADMIN_PATH,
  AUTHORIZE_PATH,
  GRAPHQL_PATH,
  HEALTH_PATH,
  INVITE_PATH,
  OIDC_TOKEN_PATH,
  READY_PATH,
  TELEMETRY_PATH,
  adminOrganizationPath,
  adminTeamPath,
  adminUserPath,
  fileStreamPath,
  invitePath,
  projectPagePath,
  runFilePath,
  runPagePath,
  sweepPagePath,
} from "./rest/routes.ts";
export type { RunAddress } from "./rest/routes.ts";
export { ALERT_SEVERITIES, isAlertSeverity } from "./vocabulary/alert-severities.ts";
export type { AlertSeverity } from "./vocabulary/alert-severities.ts";
export { isApiKey } from "./vocabulary/api-key.ts";
export { PROJECT_ROLES, ROLES, isProjectRole, isRole } from "./vocabulary/roles.ts";
export type { ProjectRole, Role } from "./vocabulary/roles.ts";
export { RUN_STATES, isRunState } from "./vocabulary/run-states.ts";
export type { RunState } from "./vocabulary/run-states.ts";
export { SERVER_FEATURES, isServerFeature } from "./vocabulary/server-features.ts";
export type { ServerFeature } from "./vocabulary/server-features.ts";
export { crc32c } from "./sealed/checksum.ts";
export { writeBesideFile } from "./sealed/beside-file.ts";
export type { PackedGroup, PackedPart, PackedSection } from "./sealed/beside-file.ts";
export { ExceptionsWriter, INTEGER_EXCEPTION, NULL_EXCEPTION, TEXT_EXCEPTION } from "./sealed/exceptions.ts";
export { flattenedKey } from "./sealed/key-columns.ts";
export { printFloat } from "./sealed/line-printer.ts";
export { LineStructureWriter } from "./sealed/line-structure.ts";
export { splitDoubles } from "./sealed/page-doubles.ts";
export { NARROW_LIMIT } from "./sealed/page-integers.ts";
export { writeLevels } from "./sealed/page-levels.ts";
export { writeBits, writeTexts } from "./sealed/page-texts.ts";
export type { ColumnLayout, ColumnStorage, PageLayout } from "./sealed/part-layout.ts";
export { SealedPartReader, openSealedPart } from "./sealed/part-reader.ts";
export type { FetchedColumns } from "./sealed/part-reader.ts";
export { SealedPartError } from "./sealed/sealed-part-error.ts";
export type {
  JsonColumn,
  NumberColumn,
  PartSource,
  RangeSource,
  SealedCodec,
  SealedColumn,
  SealedPart,
} from "./sealed/sealed-part.ts";
