/** The services of the embedded preset, a parts list: they know ports only, so any preset could use the same. */
import { compileRe2 } from "../../adapters/re2/regex.ts";
import { Access } from "../../modules/access/access.ts";
import { AlertService } from "../../modules/alerts/alert-service.ts";
import { ArtifactService } from "../../modules/artifacts/artifact-service.ts";
import { AutomationService } from "../../modules/automations/automation-service.ts";
import { EntityService } from "../../modules/entities/entity-service.ts";
import type { ExportEncoders } from "../../modules/exports/export-encoder.ts";
import { ExecutionService } from "../../modules/executions/execution-service.ts";
import type { MessageSender } from "../../modules/executions/message-sender.ts";
import { IntegrationService } from "../../modules/integrations/integration-service.ts";
import { ExportService } from "../../modules/exports/export-service.ts";
import { BlobService } from "../../modules/files/blob-service.ts";
import { FileService } from "../../modules/files/file-service.ts";
import { HistoryService } from "../../modules/history/history-service.ts";
import { LaunchAgentService } from "../../modules/launch/launch-agent-service.ts";
import { QueueRights } from "../../modules/launch/queue-rights.ts";
import { RunQueueItemService } from "../../modules/launch/run-queue-item-service.ts";
import { RunQueueService } from "../../modules/launch/run-queue-service.ts";
import { InviteAcceptance } from "../../modules/invites/invite-acceptance.ts";
import { InviteService } from "../../modules/invites/invite-service.ts";
import { PortfolioService } from "../../modules/portfolios/portfolio-service.ts";
import { LiveService } from "../../modules/live/live-service.ts";
import { ProjectService } from "../../modules/projects/project-service.ts";
import { RegistryMemberService } from "../../modules/registries/registry-member-service.ts";
import { RegistrySearchService } from "../../modules/registries/registry-search-service.ts";
import { ChartService } from "../../modules/charts/chart-service.ts";
import { ShareService } from "../../modules/reports/share-service.ts";
import { ViewService } from "../../modules/reports/view-service.ts";
import { RunAccess } from "../../modules/runs/run-access.ts";
import { RunService } from "../../modules/runs/run-service.ts";
import { EarlyStopping } from "../../modules/sweeps/early-stopping.ts";
import { SweepAgentService } from "../../modules/sweeps/sweep-agent-service.ts";
import type { SweepSearch } from "../../modules/sweeps/sweep-search.ts";
import { SweepService } from "../../modules/sweeps/sweep-service.ts";
import { TeamService } from "../../modules/teams/team-service.ts";
import { ApiKeyIssuer } from "../../modules/users/api-key-issuer.ts";
import { ApiKeyService } from "../../modules/users/api-key-service.ts";
import type { AuthenticationService } from "../../modules/users/authentication-service.ts";
import { KeyReveals } from "../../modules/users/key-reveals.ts";
import { SignIn } from "../../modules/users/sign-in.ts";
import { UserService } from "../../modules/users/user-service.ts";
import type { BlobSignatures, BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { SecretBox } from "../../ports/secret-box.ts";
import type { WebhookSender } from "../../ports/webhook-sender.ts";
import type { Mailer } from "../../ports/mailer.ts";
import type { Services } from "../../transport/services.ts";
import type { StorageServices } from "./storage.ts";

/** What the services are built from. */
export interface ServiceParts {
  readonly stores: StorageServices;
  readonly blobs: BlobStore & BlobSignatures;
  readonly authentication: AuthenticationService;
  readonly encoders: ExportEncoders;
  readonly box: SecretBox;
  readonly webhooks: WebhookSender;
  readonly sender: MessageSender;
  readonly search: SweepSearch;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** @default links of invitations are handed on by hand */
  readonly mailer?: Mailer | undefined;
  /** Told of failures that no caller hears of. */
  readonly onFailure: (what: string, cause: unknown) => void;
}

/** Builds every service. */
export function createServices({
  stores,
  blobs,
  authentication,
  encoders,
  box,
  webhooks,
  sender,
  search,
  clock,
  ids,
  mailer,
  onFailure,
}: ServiceParts): Services {
  const access = new Access(stores);
  const projects = new ProjectService({ ...stores, access, clock });
  const runAccess = new RunAccess({ access, projects });
  const runs = new RunService({ ...stores, projects, access, runAccess, ids, clock });
  const files = new FileService({ files: stores.files, blobs, runs, runAccess, ids, clock });
  const artifacts = new ArtifactService({ ...stores, blobs, projects, runs, access, clock, ids });
  const queueRights = new QueueRights({ queues: stores.runQueues, projects, access });
  const runQueueItems = new RunQueueItemService({
    ...stores,
    projectStore: stores.projects,
    projects,
    access,
    rights: queueRights,
    clock,
  });
  const entities = new EntityService({ ...stores, access, clock });
  const issuer = new ApiKeyIssuer({ ...stores, clock, ids });
  const signIn = new SignIn({ ...stores, clock, ids });
  const keys = new ApiKeyService({ ...stores, access, projects, authentication, issuer, signIn, clock });
  const people = { ...stores, entityService: entities, access, authentication, issuer, clock, ids };
  const views = new ViewService({ ...stores, projects, access, clock, ids });
  const automations = new AutomationService({ ...stores, access, clock, regex: compileRe2 });
  return {
    access,
    users: new UserService({ ...stores, access, authentication, issuer, clock, ids }),
    keys,
    teams: new TeamService({ ...people, keys, reveals: new KeyReveals({ clock }) }),
    invites: new InviteService({ ...people, mailer }),
    inviteAcceptance: new InviteAcceptance({ ...people, signIn }),
    entities,
    projects,
    registrySearch: new RegistrySearchService({ ...stores, projects }),
    registryMembers: new RegistryMemberService({ ...stores, projects, access, clock }),
    runs,
    sweeps: new SweepService({
      ...stores,
      projects,
      access,
      runAccess,
      runService: runs,
      runQueueItems,
      ids,
      clock,
    }),
    sweepAgents: new SweepAgentService({
      ...stores,
      projects,
      access,
      runAccess,
      search,
      earlyStopping: new EarlyStopping({ ...stores, reader: stores.history, clock }),
      ids,
      clock,
    }),
    history: new HistoryService({ ...stores, reader: stores.history, access, runAccess, clock, blobs }),
    live: new LiveService({
      stores,
      projects,
      runs,
      runAccess,
      onFailure: (cause) => onFailure("watching", cause),
    }),
    files,
    exports: new ExportService({ runs, runAccess, stores, encoders }),
    blobs: new BlobService({ blobs, signatures: blobs, uploads: files }),
    artifacts,
    portfolios: new PortfolioService({ ...stores, artifacts, projects, access, clock }),
    runQueues: new RunQueueService({ ...stores, projects, access, rights: queueRights, clock }),
    runQueueItems,
    launchAgents: new LaunchAgentService({ ...stores, projects, access, rights: queueRights, ids, clock }),
    views,
    shares: new ShareService({ ...stores, viewService: views, projects, access, clock, ids }),
    charts: new ChartService({ ...stores, access, clock }),
    automations,
    executions: new ExecutionService({ ...stores, automationService: automations, access, clock }),
    integrations: new IntegrationService({ ...stores, access, box, webhooks, sender, clock }),
    alerts: new AlertService({ ...stores, runs, access, runAccess, clock }),
  };
}
