/** What automations did: the list of executions. An addition of Steelyard's. */
import { NotFoundError, UnsupportedError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { Automation } from "./automation.ts";
import type { AutomationExecution } from "./automation-execution.ts";
import type { ExecutionState } from "./execution-state.ts";

/** Options of `api.automationExecutions`. */
export interface ExecutionsOptions extends PaginatorOptions {
  /** Only those of an automation, or of the one with a global id. */
  readonly automation?: Automation | string | undefined;
  /** Only those that stand there. */
  readonly state?: ExecutionState | undefined;
}

const EXECUTIONS_FEATURE = "STEELYARD_AUTOMATION_EXECUTIONS";

/** Where executions are, found on first use. */
export type ExecutionsPlace = () => Promise<{ readonly service: Service; readonly entity: string }>;

/** The executions of an entity's automations and the deliveries of its runs' alerts, newest first. */
export class AutomationExecutions extends Paginator<AutomationExecution> {
  /** Global id of the automation; null for all. */
  readonly automation: string | null;
  /** Where they stand; null for all. */
  readonly state: ExecutionState | null;
  readonly #place: ExecutionsPlace;

  constructor(place: ExecutionsPlace, options: ExecutionsOptions = {}) {
    super(options);
    this.#place = place;
    const { automation, state } = options;
    this.automation = (typeof automation === "object" ? automation.id : automation) ?? null;
    this.state = state ?? null;
  }

  protected override async loadPage({
    cursor,
    perPage,
    signal,
  }: PageRequest): Promise<Page<AutomationExecution>> {
    const lazy = await import("./automation-execution.ts");
    const { service, entity: name } = await this.#place();
    if (!(await service.supports(EXECUTIONS_FEATURE)))
      throw new UnsupportedError("This server does not tell what automations did");
    const { automation, state } = this;
    const variables = { entity: name, automation, state, cursor, perPage };
    const { AutomationExecutionsDocument: document } = lazy;
    const { entity } = await service.graphql.execute(document, variables, { signal });
    if (entity === null) throw new NotFoundError(`There is no entity ${JSON.stringify(name)}`);
    const page = entity.automationExecutions;
    return {
      items: page.edges.map(({ node }) => new lazy.AutomationExecution(service, node)),
      cursor: page.pageInfo.endCursor,
      hasNextPage: page.pageInfo.hasNextPage,
    };
  }
}
