// Asks a store one of the questions, as a page of 50 whole runs with the exact total.
import { encodeCursor } from "../../packages/server/src/adapters/sql/run-cursor.ts";
import type { SqlRunStore } from "../../packages/server/src/adapters/sql/sql-run-store.ts";
import type { TableQuestion } from "./questions.ts";

/** Runs on a page. */
export const pageSize = 50;

/** Gives the exact total. Throws when the page is not as long as it should be. */
export async function ask(store: SqlRunStore, projectId: number, question: TableQuestion): Promise<number> {
  const filter = JSON.stringify(question.filter);
  if (question.isCount) return store.count({ projectId, filter });
  const { order, isDeep } = question;
  const after = isDeep ? encodeCursor(order, { values: [2], runId: 1 }) : null;
  const page = await store.query({ projectId, filter, order, after, limit: pageSize });
  if (!isDeep && page.runs.length !== Math.min(pageSize, page.totalCount))
    throw new Error(`${question.title}: ${page.runs.length} runs on the page`);
  return page.totalCount;
}
