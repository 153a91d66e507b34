/** The integrations of an entity. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type {
  Integration,
  SlackFields,
  SlackIntegration,
  WebhookFields,
  WebhookIntegration,
} from "./integration.ts";

/** Where integrations are, found on first use. */
export type IntegrationsPlace = () => Promise<{ readonly service: Service; readonly entity: string }>;

/** A list of integrations of some kinds. */
abstract class IntegrationList<T extends Integration> extends Paginator<T> {
  /** Where the integrations are. */
  protected readonly place: IntegrationsPlace;

  constructor(place: IntegrationsPlace, options: PaginatorOptions = {}) {
    super(options);
    this.place = place;
  }

  /** The integration, if it is of the kinds listed. */
  protected abstract pick(integration: Integration): T | null;

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<T>> {
    const lazy = await import("./integrations-page.ts");
    const { service, entity } = await this.place();
    const page = await service.graphql.execute(lazy.INTEGRATIONS, { entity, cursor, perPage }, { signal });
    if (page === null)
      throw new NotFoundError(`There is no entity ${JSON.stringify(entity)} with integrations`);
    const items: T[] = [];
    for (const fields of page.integrations) {
      const integration = lazy.toIntegration(service, fields);
      const picked = integration === null ? null : this.pick(integration);
      if (picked !== null) items.push(picked);
    }
    return { items, cursor: page.endCursor, hasNextPage: page.hasNextPage };
  }
}

/** All integrations of kinds that are known here; Python's fails for others. Mirrors `Integrations`. */
export class Integrations extends IntegrationList<Integration> {
  protected override pick(integration: Integration): Integration {
    return integration;
  }

  /** Makes a webhook known. An addition of Steelyard's. @throws {PermissionError} unless one administrates the entity. */
  async createWebhook(fields: WebhookFields, options: ReadOptions = {}): Promise<WebhookIntegration> {
    const { createWebhook } = await import("./create-integration.ts");
    const { service, entity } = await this.place();
    return createWebhook(service, entity, fields, options);
  }

  /** Makes a Slack channel known. An addition of Steelyard's. @throws {PermissionError} unless one administrates the entity. */
  async createSlack(fields: SlackFields, options: ReadOptions = {}): Promise<SlackIntegration> {
    const { createSlackChannel } = await import("./create-integration.ts");
    const { service, entity } = await this.place();
    return createSlackChannel(service, entity, fields, options);
  }
}

/** The Slack channels; pages without one do not end the list. Mirrors `SlackIntegrations`. */
export class SlackIntegrations extends IntegrationList<SlackIntegration> {
  protected override pick(integration: Integration): SlackIntegration | null {
    return integration.kind === "slack" ? integration : null;
  }
}

/** The webhooks; pages without one do not end the list. Mirrors `WebhookIntegrations`. */
export class WebhookIntegrations extends IntegrationList<WebhookIntegration> {
  protected override pick(integration: Integration): WebhookIntegration | null {
    return integration.kind === "webhook" ? integration : null;
  }
}
