// The questions, each as the store is asked and as SQL that scans the same texts with SQLite's own JSON functions.
import { sql, type RawBuilder } from "kysely";

/** A question in both languages. */
export interface TableQuestion {
  readonly title: string;
  readonly filter: object;
  readonly order: string;
  /** Whether only the number of runs is wanted. */
  readonly isCount: boolean;
  /** Whether the page begins in the middle. */
  readonly isDeep: boolean;
  readonly where: RawBuilder<unknown>;
  readonly orderBy: RawBuilder<unknown>;
}

const lr = sql`json_extract(c.config, '$.lr.value')`;
const model = sql`json_extract(c.config, '$.model.value.name')`;
const acc = sql`json_extract(r.summary, '$.acc')`;
const loss = sql`json_extract(r.summary, '$.loss')`;

const page = { isCount: false, isDeep: false } as const;

/** Eight filters and orders. */
export const tableQuestions: readonly TableQuestion[] = [
  {
    ...page,
    title: "`config.lr` = x, newest 50",
    filter: { "config.lr": 0.01 },
    order: "-created_at",
    where: sql`${lr} = 0.01`,
    orderBy: sql`r.created_at desc`,
  },
  {
    ...page,
    isCount: true,
    title: "`config.lr` = x, count",
    filter: { "config.lr": 0.003 },
    order: "-created_at",
    where: sql`${lr} = 0.003`,
    orderBy: sql`r.run_id`,
  },
  {
    ...page,
    title: "`acc` > 0.9 by `loss`, 50",
    filter: { "summary_metrics.acc": { $gt: 0.9 } },
    order: "+summary_metrics.loss",
    where: sql`${acc} > 0.9`,
    orderBy: sql`${loss}`,
  },
  {
    ...page,
    title: "`config.lr` = x and `acc` > 0.9 by `loss`, 50",
    filter: { "config.lr": 0.01, "summary_metrics.acc": { $gt: 0.9 } },
    order: "+summary_metrics.loss",
    where: sql`${lr} = 0.01 and ${acc} > 0.9`,
    orderBy: sql`${loss}`,
  },
  {
    ...page,
    title: "`displayName` matches a pattern, newest 50 (LIKE in SQL)",
    filter: { displayName: { $regex: "^jade-iris-.*7$" } },
    order: "-created_at",
    where: sql`r.display_name like 'jade-iris-%7'`,
    orderBy: sql`r.created_at desc`,
  },
  {
    ...page,
    isCount: true,
    title: "`config.model.name` matches a pattern, count (LIKE in SQL)",
    filter: { "config.model.name": { $regex: "-1$" } },
    order: "-created_at",
    where: sql`${model} like '%-1'`,
    orderBy: sql`r.run_id`,
  },
  {
    ...page,
    isDeep: true,
    title: "all by `loss`, 50 from the middle",
    filter: { "summary_metrics.loss": { $exists: true } },
    order: "+summary_metrics.loss",
    where: sql`${loss} > 2`,
    orderBy: sql`${loss}`,
  },
  {
    ...page,
    title: "finished by `-config.lr,+loss`, 50",
    filter: { state: "finished" },
    order: "-config.lr,+summary_metrics.loss",
    where: sql`r.state = 'finished'`,
    orderBy: sql`${lr} desc, ${loss}`,
  },
];
