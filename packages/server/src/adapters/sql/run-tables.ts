/** Tables of the run modules. */
export interface RunTables {}
