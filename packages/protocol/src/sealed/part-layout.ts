/**
 * What the header of the file beside a sealed table says: the columns by path, and where the pages of the table and
 * the sections of the file itself lie, each with its checksum. Readers need no Parquet footer.
 */

/** How a column's values lie in the table; `none`: all of them lie beside it. */
export const COLUMN_STORAGES = ["none", "double", "integer", "boolean", "string", "json"] as const;

/** One of {@link COLUMN_STORAGES}. */
export type ColumnStorage = (typeof COLUMN_STORAGES)[number];

/** The layout of a part. */
export interface PartLayout {
  readonly lineCount: number;
  /** Bytes of the table. */
  readonly tableSize: number;
  /** Lines of each row group but the last. */
  readonly groupLines: number;
  /** In the usual order of keys: a line whose keys come in this order needs no word about it. */
  readonly columns: readonly ColumnLayout[];
  readonly groups: readonly GroupLayout[];
}

/** A column: the values of one path of keys. */
export interface ColumnLayout {
  /** From the outermost key to the innermost. */
  readonly path: readonly string[];
  readonly storage: ColumnStorage;
  /** Whether every line has a value in the table, so that its pages say nothing about presence. */
  readonly isRequired: boolean;
}

/** A row group. */
export interface GroupLayout {
  /** By column; those without a place in the table have none. */
  readonly pages: ReadonlyMap<number, PageLayout>;
  /** By column: values that are not what the column's storage says. */
  readonly exceptions: ReadonlyMap<number, SectionLayout>;
  /** Lines that are no rows, and orders of keys; undefined when every line is a row in the usual order. */
  readonly structure: SectionLayout | undefined;
}

/** Compressed bytes in one of the two files. */
export interface SectionLayout {
  readonly offset: number;
  readonly length: number;
  /** Bytes of the content. */
  readonly size: number;
  /** CRC-32 of the compressed bytes. */
  readonly checksum: number;
}

/** The one data page of a column in a row group, without its header. */
export interface PageLayout extends SectionLayout {
  /** Integers only: whether some lie beyond ±2^51, so that their differences need more than a double. */
  readonly isWide: boolean;
  /** Doubles only: whether they lie as they are, neither split nor compressed. */
  readonly isPlain: boolean;
}
