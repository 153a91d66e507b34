/** Custom charts: who may see, make, change and delete them, beside those that the server brings along. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Entity } from "../entities/entity.ts";
import { BUILT_IN_CHARTS, BUILT_IN_ENTITY } from "./built-in-charts.ts";
import {
  checkChartName,
  checkChartSpec,
  checkChartTitle,
  checkChartType,
  parseChartAccess,
} from "./chart-input.ts";
import type { CustomChartStore } from "./custom-chart-store.ts";
import { chartIdOf } from "./custom-chart.ts";
import type { ChartKey, CustomChart } from "./custom-chart.ts";

/** What the service is built from. */
export interface ChartServiceParts {
  readonly customCharts: CustomChartStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly clock: Clock;
}

/** A chart as it is stated. */
export interface ChartInput extends ChartKey {
  readonly displayName: string;
  readonly type: string;
  readonly access: string;
  readonly spec: string;
}

/** What to change of a chart; what is undefined is left alone. */
export interface ChartChange {
  readonly displayName: string | undefined;
  readonly access: string | undefined;
  readonly spec: string | undefined;
}

/** Reads and changes custom charts. */
export class ChartService {
  readonly #charts: CustomChartStore;
  readonly #entities: EntityStore;
  readonly #access: Access;
  readonly #clock: Clock;

  constructor(parts: ChartServiceParts) {
    this.#charts = parts.customCharts;
    this.#entities = parts.entities;
    this.#access = parts.access;
    this.#clock = parts.clock;
  }

  /** The chart, or undefined when it is missing or the caller may not see it. */
  async find(caller: Caller, key: ChartKey): Promise<CustomChart | undefined> {
    const id = chartIdOf(key);
    const builtIn = BUILT_IN_CHARTS.find((chart) => chartIdOf(chart) === id);
    if (builtIn !== undefined) return builtIn;
    const entity = await this.#entities.find({ name: key.entityName });
    const chart = entity && (await this.#charts.find({ entityId: entity.id, name: key.name }));
    if (entity === undefined || chart === undefined) return undefined;
    if (chart.access === "PUBLIC") return chart;
    return (await this.#isMember(caller, entity)) ? chart : undefined;
  }

  /** An entity's charts that the caller may see, by name; undefined when it is not to be seen and shows none. */
  async list(
    caller: Caller,
    entityName: string,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly CustomChart[] | undefined> {
    const builtIn = entityName === BUILT_IN_ENTITY ? BUILT_IN_CHARTS : [];
    const entity = await this.#entities.find({ name: entityName });
    const isMember = entity !== undefined && (await this.#isMember(caller, entity));
    const made =
      entity === undefined
        ? []
        : await this.#charts.list({ entityId: entity.id, isPublicOnly: !isMember, ...page });
    const after = page.after ?? "";
    const all = [...builtIn.filter(({ name }) => name > after), ...made]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, page.limit);
    return all.length === 0 && !isMember && builtIn.length === 0 ? undefined : all;
  }

  /**
   * Creates a chart. The same one again is no error, so that a client may ask twice.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `payload_too_large`,
   *   `already_exists` for another chart of that name.
   */
  async create(caller: Caller, input: ChartInput): Promise<CustomChart> {
    const entity = await this.#requireWritable(caller, input.entityName);
    checkChartName(input.name);
    checkChartType(input.type);
    checkChartTitle(input.displayName);
    checkChartSpec(input.spec);
    const wanted = { ...input, access: parseChartAccess(input.access) };
    const { chart, inserted } = await this.#charts.create({
      ...wanted,
      entityId: entity.id,
      userId: this.#access.requireUser(caller).user.id,
      now: this.#clock.now(),
    });
    const isSame =
      chart.displayName === wanted.displayName &&
      chart.type === wanted.type &&
      chart.access === wanted.access &&
      chart.spec === wanted.spec;
    if (inserted || isSame) return chart;
    throw new ServerError("already_exists", `There is another custom chart "${chartIdOf(chart)}"`, {
      field: "name",
    });
  }

  /** Changes what is given of a chart. Throws as `create`, but for `already_exists`. */
  async update(caller: Caller, key: ChartKey, change: ChartChange): Promise<CustomChart> {
    const entity = await this.#requireWritable(caller, key.entityName);
    const { displayName, access, spec } = change;
    if (displayName !== undefined) checkChartTitle(displayName);
    if (spec !== undefined) checkChartSpec(spec);
    const changed = await this.#charts.update({
      entityId: entity.id,
      name: key.name,
      displayName,
      access: access === undefined ? undefined : parseChartAccess(access),
      spec,
      now: this.#clock.now(),
    });
    if (changed === undefined) throw missingChart(key);
    return changed;
  }

  /** Deletes a chart. Throws `unauthenticated`, `not_found` or `permission_denied`. */
  async delete(caller: Caller, key: ChartKey): Promise<void> {
    const entity = await this.#requireWritable(caller, key.entityName);
    const place = { entityId: entity.id, name: key.name };
    if ((await this.#charts.find(place)) === undefined) throw missingChart(key);
    await this.#charts.delete(place);
  }

  async #requireWritable(caller: Caller, entityName: string): Promise<Entity> {
    this.#access.requireScope(caller, "write");
    const entity = await this.#entities.find({ name: entityName });
    if (entity === undefined) throw missingEntity(entityName);
    await this.#access.requireWriteEntity(caller, entity);
    return entity;
  }

  async #isMember(caller: Caller, entity: Entity): Promise<boolean> {
    return this.#access.canReadEntity(caller, entity);
  }
}

function missingChart(key: ChartKey): ServerError {
  return new ServerError("not_found", `Custom chart "${chartIdOf(key)}" not found`, { field: "id" });
}
