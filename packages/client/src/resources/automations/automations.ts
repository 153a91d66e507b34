/** The automations of an entity, or of the caller. */
import { printJson } from "@steelyard/protocol";

import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import { NotFoundError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import type { Automation } from "./automation.ts";

/** Options of `api.automations`. */
export interface AutomationsOptions extends PaginatorOptions {
  /** Only automations of this name. */
  readonly name?: string | undefined;
}

/**
 * Automations. Of an entity, or without one of all projects that the caller sees. Servers that cannot list an entity's
 * automations are asked project by project, as in Python; a page of projects without any does not end the list here.
 * Mirrors `EntityAutomations` and its older kin.
 */
export class Automations extends Paginator<Automation> {
  /** The entity; null for all that the caller sees. */
  readonly entity: string | null;
  /** The name that is looked for; null for all. */
  readonly name: string | null;
  readonly #service: () => Promise<Service>;

  constructor(service: () => Promise<Service>, entity: string | null, options: AutomationsOptions = {}) {
    super(options);
    this.#service = service;
    this.entity = entity;
    this.name = options.name ?? null;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Automation>> {
    const lazy = await import("./automations-page.ts");
    const service = await this.#service();
    const { entity, name } = this;
    const isFiltered = entity !== null && (await service.supports("QUERY_AUTOMATIONS_ON_ENTITY"));
    const document = isFiltered
      ? await lazy.entityTriggers(service)
      : await lazy.projectTriggers(service, entity === null ? "viewer" : "entity");
    const filters = isFiltered && name !== null ? printJson({ name }) : undefined;
    const variables = { ...(entity !== null && { entity }), cursor, perPage, filters };
    const page = await service.graphql.execute(document, variables, { signal });
    if (page === null) {
      throw new NotFoundError(
        entity === null ? "Nobody is signed in" : `There is no entity ${JSON.stringify(entity)}`,
      );
    }
    const found = page.triggers.filter((trigger) => name === null || trigger.name === name);
    return {
      items: found.map((trigger) => new lazy.Automation(service, trigger)),
      cursor: page.endCursor,
      hasNextPage: page.hasNextPage,
    };
  }
}
