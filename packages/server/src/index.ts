/** The doors of the server: the ports that an adapter implements, and their entities. */
export type {
  HistoryLog,
  Line,
  LineChanges,
  LineRange,
  LineStream,
  LineWrite,
  RunKey,
  StepWindow,
} from "./modules/history/history-log.ts";
