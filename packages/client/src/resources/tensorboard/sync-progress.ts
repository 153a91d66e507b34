/** How far a sync of TensorBoard's files is. */

/** What was done so far. */
export interface TensorboardProgress {
  /** Event files found. */
  readonly files: number;
  /** How large they are together; they may still grow. */
  readonly totalBytes: number;
  /** How much of them was read. */
  readonly readBytes: number;
  readonly events: number;
  /** Rows written to the run's history. */
  readonly rows: number;
  /** Media files uploaded. */
  readonly uploads: number;
  /** Damaged places met. */
  readonly damages: number;
  /** How many values had no place in the run, by the plugin of TensorBoard that shows them or by their kind. */
  readonly leftOut: Readonly<Record<string, number>>;
}
