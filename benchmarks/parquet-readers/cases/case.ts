// What one case of the proof is: rows that were logged, the files and live steps that stand for them, and the
// questions that are asked about both.
import type { Row } from "../rows.ts";

/** One way of handing a run to the client. */
export interface Case {
  /** Also the id of the run. */
  readonly name: string;
  /** What is tried, in the words of the result table. */
  readonly title: string;
  readonly rows: readonly Row[];
  readonly files: readonly Uint8Array[];
  /** What `parquetHistory` answers as `liveData`. @default [] */
  readonly liveData?: readonly unknown[];
  /** Live answers leave out the rows below this step. @default nothing is left out */
  readonly liveFrom?: number;
  /** The status of answers for files, with a text as body. @default the files are sent */
  readonly fileStatus?: number;
  /** The lists of keys to scan for. */
  readonly keys: readonly (readonly string[])[];
  /** @default the client's (1000) */
  readonly pageSize?: number;
  /** Windows of steps to scan besides the whole run. @default none */
  readonly windows?: readonly (readonly [minStep: number, maxStep: number])[];
  /** What the run becomes before everything is asked again, with what the client has kept. @default nothing */
  readonly next?: Stage;
  /** Measure the time, and leave out what takes long without saying more. @default false */
  readonly isTimed?: boolean;
}

/** A later state of a run. */
export interface Stage {
  readonly rows: readonly Row[];
  readonly files: readonly Uint8Array[];
  readonly liveData?: readonly unknown[];
  readonly liveFrom?: number;
  readonly fileStatus?: number;
  /** Another run, which the client may take for the first one. @default the same run */
  readonly run?: { readonly project: string; readonly name: string };
}

/** Cases that answer one question. */
export interface CaseGroup {
  readonly question: string;
  readonly cases: readonly Case[];
}
