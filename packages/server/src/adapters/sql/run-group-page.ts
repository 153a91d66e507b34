// One page of groups of runs: those after a cursor, with the names of their best runs.
import {
  compareGroupKeys,
  isJsonArray,
  parseJson,
  printJson,
  type JsonValue,
  type RunGroup,
} from "@steelyard/protocol";
import type { Kysely } from "kysely";
import { ServerError } from "../../errors.ts";
import type { RunGroupPage } from "../../modules/runs/run-store.ts";
import type { MetadataTables } from "./tables.ts";

/** Which page. */
export interface GroupPageRequest {
  readonly projectId: number;
  /** All groups in the order of their keys, the best runs by their ids. */
  readonly groups: readonly RunGroup<number>[];
  readonly groupBy: readonly string[];
  readonly after: string | null;
  readonly limit: number;
}

const runsAtOnce = 500;

/** The page. Throws `invalid_argument` when the cursor is none of these groups. */
export async function pageOfGroups(
  db: Kysely<MetadataTables>,
  { projectId, groups, groupBy, after, limit }: GroupPageRequest,
): Promise<RunGroupPage> {
  const start = after === null ? 0 : indexAfter(groups, decodeKeys(groupBy, after));
  const page = groups.slice(start, start + limit);
  const best = page.flatMap((group) => group.metrics.flatMap((metric) => metric.best?.run ?? []));
  const names = await readNames(db, projectId, [...new Set(best)]);
  return {
    groups: page.map((group) => ({
      cursor: encodeKeys(groupBy, group.keyTexts),
      group: {
        ...group,
        metrics: group.metrics.map(({ best: found, ...metric }) => {
          // A run that was deleted since is told of no more.
          const run = found === null ? undefined : names.get(found.run);
          return {
            ...metric,
            best: found === null || run === undefined ? null : { value: found.value, run },
          };
        }),
      },
    })),
    hasNextPage: start + limit < groups.length,
    totalCount: groups.length,
  };
}

type GroupKeys = Pick<RunGroup<unknown>, "keys" | "keyTexts">;

function indexAfter(groups: readonly RunGroup<number>[], place: GroupKeys): number {
  const index = groups.findIndex((group) => compareGroupKeys(group, place) > 0);
  return index === -1 ? groups.length : index;
}

function encodeKeys(groupBy: readonly string[], keyTexts: readonly string[]): string {
  return Buffer.from(printJson([groupBy, keyTexts])).toString("base64url");
}

function decodeKeys(groupBy: readonly string[], cursor: string): GroupKeys {
  try {
    const parts = parseJson(Buffer.from(cursor, "base64url").toString("utf8"));
    const [fields, texts] = isJsonArray(parts) ? parts : [];
    if (isTexts(fields) && isTexts(texts) && printJson(fields) === printJson(groupBy)) {
      return { keys: texts.map(parseJson), keyTexts: texts };
    }
  } catch (error) {
    throw badCursor(cursor, error);
  }
  throw badCursor(cursor);
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return isJsonArray(value) && value.every((item) => typeof item === "string");
}

function badCursor(cursor: string, cause?: unknown): ServerError {
  const shown = JSON.stringify(cursor.slice(0, 100));
  return new ServerError("invalid_argument", `${shown} is not a cursor of these groups`, {
    field: "after",
    cause,
  });
}

async function readNames(
  db: Kysely<MetadataTables>,
  projectId: number,
  runIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (let start = 0; start < runIds.length; start += runsAtOnce) {
    const rows = await db
      .selectFrom("runs")
      .select(["run_id", "name"])
      .where("project_id", "=", projectId)
      .where("run_id", "in", runIds.slice(start, start + runsAtOnce))
      .execute();
    for (const row of rows) names.set(row.run_id, row.name);
  }
  return names;
}
