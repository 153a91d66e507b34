/** Custom charts in a SQL table. */
import type { Kysely, SelectQueryBuilder, Selectable } from "kysely";
import { ServerError } from "../../errors.ts";
import { CHART_ACCESS } from "../../modules/charts/custom-chart.ts";
import type { ChartAccess, CustomChart } from "../../modules/charts/custom-chart.ts";
import type { CustomChartStore, NewCustomChart } from "../../modules/charts/custom-chart-store.ts";
import type { MetadataTables } from "./tables.ts";
import type { CustomChartRow } from "./view-tables.ts";

interface ChartKey {
  readonly entityId: number;
  readonly name: string;
}

type JoinedRow = Selectable<CustomChartRow> & { readonly entity_name: string };

/** `CustomChartStore` over any SQL dialect. */
export class SqlCustomChartStore implements CustomChartStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(chart: NewCustomChart): Promise<{ readonly chart: CustomChart; readonly inserted: boolean }> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await findChart(trx, chart);
      if (existing !== undefined) return { chart: existing, inserted: false };
      await trx
        .insertInto("custom_charts")
        .values({
          entity_id: chart.entityId,
          name: chart.name,
          display_name: chart.displayName,
          type: chart.type,
          access: chart.access,
          spec: chart.spec,
          user_id: chart.userId,
          created_at: chart.now,
          updated_at: chart.now,
        })
        .execute();
      const inserted = await findChart(trx, chart);
      if (inserted === undefined) throw new ServerError("internal", `Chart "${chart.name}" was not stored`);
      return { chart: inserted, inserted: true };
    });
  }

  update(
    change: ChartKey & {
      readonly displayName?: string | undefined;
      readonly access?: ChartAccess | undefined;
      readonly spec?: string | undefined;
      readonly now: string;
    },
  ): Promise<CustomChart | undefined> {
    const { displayName, access, spec } = change;
    return this.#db.transaction().execute(async (trx) => {
      await trx
        .updateTable("custom_charts")
        .set({
          ...(displayName !== undefined && { display_name: displayName }),
          ...(access !== undefined && { access }),
          ...(spec !== undefined && { spec }),
          updated_at: change.now,
        })
        .where("entity_id", "=", change.entityId)
        .where("name", "=", change.name)
        .execute();
      return findChart(trx, change);
    });
  }

  find(key: ChartKey): Promise<CustomChart | undefined> {
    return findChart(this.#db, key);
  }

  async list(query: {
    readonly entityId: number;
    readonly isPublicOnly: boolean;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly CustomChart[]> {
    let rows = selectCharts(this.#db).where("custom_charts.entity_id", "=", query.entityId);
    if (query.isPublicOnly) rows = rows.where("custom_charts.access", "=", "PUBLIC");
    if (query.after !== null) rows = rows.where("custom_charts.name", ">", query.after);
    return (await rows.orderBy("custom_charts.name").limit(query.limit).execute()).map(toChart);
  }

  async delete({ entityId, name }: ChartKey): Promise<void> {
    await this.#db
      .deleteFrom("custom_charts")
      .where("entity_id", "=", entityId)
      .where("name", "=", name)
      .execute();
  }
}

function selectCharts(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "custom_charts" | "entities", JoinedRow> {
  return db
    .selectFrom("custom_charts")
    .innerJoin("entities", "entities.id", "custom_charts.entity_id")
    .selectAll("custom_charts")
    .select("entities.name as entity_name");
}

async function findChart(
  db: Kysely<MetadataTables>,
  { entityId, name }: ChartKey,
): Promise<CustomChart | undefined> {
  const row = await selectCharts(db)
    .where("custom_charts.entity_id", "=", entityId)
    .where("custom_charts.name", "=", name)
    .executeTakeFirst();
  return row && toChart(row);
}

function toChart(row: JoinedRow): CustomChart {
  const access = CHART_ACCESS.find((known) => known === row.access);
  if (access === undefined)
    throw new ServerError("internal", `Chart ${row.chart_id} has the access "${row.access}"`);
  return {
    entityName: row.entity_name,
    name: row.name,
    displayName: row.display_name,
    type: row.type,
    access,
    spec: row.spec,
    made: { userId: row.user_id, createdAt: row.created_at, updatedAt: row.updated_at },
  };
}
