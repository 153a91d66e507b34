/** The alerts of runs in a SQL table. */
import { isAlertSeverity } from "@steelyard/protocol";
import type { Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Alert } from "../../modules/alerts/alert.ts";
import type { AlertStore, NewAlert } from "../../modules/alerts/alert-store.ts";
import type { RunKey } from "../../modules/history/history-log.ts";
import { addExecutions } from "./execution-rows.ts";
import type { AlertRow } from "./file-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** `AlertStore` over any SQL dialect. */
export class SqlAlertStore implements AlertStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  add({ unlessSince, variables = {}, ...alert }: NewAlert): Promise<Alert | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      if (unlessSince !== null) {
        const recent = await trx
          .selectFrom("alerts")
          .select("alert_id")
          .where("project_id", "=", alert.projectId)
          .where("run_id", "=", alert.runId)
          .where("title", "=", alert.title)
          .where("created_at", ">", unlessSince)
          .limit(1)
          .executeTakeFirst();
        if (recent !== undefined) return undefined;
      }
      const row = await trx
        .insertInto("alerts")
        .values({
          project_id: alert.projectId,
          run_id: alert.runId,
          title: alert.title,
          text: alert.text,
          severity: alert.severity,
          user_id: alert.userId,
          created_at: alert.createdAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const stored = toAlert(row);
      await sendOn(trx, stored, variables);
      return stored;
    });
  }

  async list({ projectId, runId, limit }: RunKey & { readonly limit: number }): Promise<readonly Alert[]> {
    const rows = await this.#db
      .selectFrom("alerts")
      .selectAll()
      .where("project_id", "=", projectId)
      .where("run_id", "=", runId)
      .orderBy("alert_id", "desc")
      .limit(limit)
      .execute();
    return rows.map(toAlert);
  }
}

async function sendOn(
  trx: Transaction<MetadataTables>,
  alert: Alert,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const integrations = await trx
    .selectFrom("integrations")
    .innerJoin("projects", "projects.entity_id", "integrations.entity_id")
    .select(["integrations.id", "integrations.entity_id"])
    .where("projects.id", "=", alert.projectId)
    .where("integrations.sends_run_alerts", "=", 1)
    .orderBy("integrations.id")
    .execute();
  const { title, text, severity, projectId, createdAt, alertId } = alert;
  await addExecutions(
    trx,
    integrations.map((integration) => ({
      entityId: integration.entity_id,
      automationId: null,
      integrationId: integration.id,
      projectId,
      eventType: "RUN_ALERT",
      eventKey: `alert/${alertId}`,
      variables,
      message: { kind: "notification", title, text, severity },
      createdAt,
    })),
  );
}

function toAlert(row: Selectable<AlertRow>): Alert {
  if (!isAlertSeverity(row.severity)) {
    throw new ServerError("internal", `Alert ${row.alert_id} has the severity "${row.severity}"`);
  }
  return {
    alertId: row.alert_id,
    projectId: row.project_id,
    runId: row.run_id,
    title: row.title,
    text: row.text,
    severity: row.severity,
    userId: row.user_id,
    createdAt: row.created_at,
  };
}
