import type { Access } from "../modules/access/access.ts";
import type { AlertService } from "../modules/alerts/alert-service.ts";
import type { ArtifactService } from "../modules/artifacts/artifact-service.ts";
import type { AutomationService } from "../modules/automations/automation-service.ts";
import type { EntityService } from "../modules/entities/entity-service.ts";
import type { ExecutionService } from "../modules/executions/execution-service.ts";
import type { ExportService } from "../modules/exports/export-service.ts";
import type { BlobService } from "../modules/files/blob-service.ts";
import type { FileService } from "../modules/files/file-service.ts";
import type { HistoryService } from "../modules/history/history-service.ts";
import type { IntegrationService } from "../modules/integrations/integration-service.ts";
import type { PortfolioService } from "../modules/portfolios/portfolio-service.ts";
import type { LiveService } from "../modules/live/live-service.ts";
import type { ProjectService } from "../modules/projects/project-service.ts";
import type { RegistryMemberService } from "../modules/registries/registry-member-service.ts";
import type { RegistrySearchService } from "../modules/registries/registry-search-service.ts";
import type { ViewService } from "../modules/reports/view-service.ts";
import type { ShareService } from "../modules/reports/share-service.ts";
import type { ChartService } from "../modules/charts/chart-service.ts";
import type { RunService } from "../modules/runs/run-service.ts";
import type { UserService } from "../modules/users/user-service.ts";

/** The services that resolvers and routes may call, one a noun. */
export interface Services {
  readonly access: Access;
  readonly entities: EntityService;
  readonly projects: ProjectService;
  readonly users: UserService;
  readonly alerts: AlertService;
  readonly artifacts: ArtifactService;
  readonly automations: AutomationService;
  readonly blobs: BlobService;
  readonly executions: ExecutionService;
  readonly exports: ExportService;
  readonly files: FileService;
  readonly history: HistoryService;
  readonly integrations: IntegrationService;
  readonly live: LiveService;
  readonly portfolios: PortfolioService;
  readonly registryMembers: RegistryMemberService;
  readonly registrySearch: RegistrySearchService;
  readonly runs: RunService;
  readonly charts: ChartService;
  readonly views: ViewService;
  readonly shares: ShareService;
}
