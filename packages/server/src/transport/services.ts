import type { Access } from "../modules/access/access.ts";
import type { AlertService } from "../modules/alerts/alert-service.ts";
import type { ArtifactService } from "../modules/artifacts/artifact-service.ts";
import type { EntityService } from "../modules/entities/entity-service.ts";
import type { ExportService } from "../modules/exports/export-service.ts";
import type { BlobService } from "../modules/files/blob-service.ts";
import type { FileService } from "../modules/files/file-service.ts";
import type { HistoryService } from "../modules/history/history-service.ts";
import type { PortfolioService } from "../modules/portfolios/portfolio-service.ts";
import type { LiveService } from "../modules/live/live-service.ts";
import type { ProjectService } from "../modules/projects/project-service.ts";
import type { RegistryMemberService } from "../modules/registries/registry-member-service.ts";
import type { RegistrySearchService } from "../modules/registries/registry-search-service.ts";
import type { RunService } from "../modules/runs/run-service.ts";
import type { SweepAgentService } from "../modules/sweeps/sweep-agent-service.ts";
import type { SweepService } from "../modules/sweeps/sweep-service.ts";
import type { UserService } from "../modules/users/user-service.ts";

/** The services that resolvers and routes may call, one a noun. */
export interface Services {
  readonly access: Access;
  readonly entities: EntityService;
  readonly projects: ProjectService;
  readonly users: UserService;
  readonly alerts: AlertService;
  readonly artifacts: ArtifactService;
  readonly blobs: BlobService;
  readonly exports: ExportService;
  readonly files: FileService;
  readonly history: HistoryService;
  readonly live: LiveService;
  readonly portfolios: PortfolioService;
  readonly registryMembers: RegistryMemberService;
  readonly registrySearch: RegistrySearchService;
  readonly runs: RunService;
  readonly sweeps: SweepService;
  readonly sweepAgents: SweepAgentService;
}
