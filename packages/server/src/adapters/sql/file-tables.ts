/** Tables of the file modules. */
export interface FileTables {}
