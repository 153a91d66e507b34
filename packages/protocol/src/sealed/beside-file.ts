/**
 * Writes and reads the file beside a sealed table: sixteen bytes to recognise and check the header, the header, then
 * the sections one after another.
 */
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { crc32 } from "./checksum.ts";
import { COLUMN_STORAGES } from "./part-layout.ts";
import type { ColumnLayout, GroupLayout, PageLayout, PartLayout, SectionLayout } from "./part-layout.ts";
import { SealedPartError } from "./sealed-part-error.ts";
import type { RangeSource, SealedCodec } from "./sealed-part.ts";

/** The first bytes: the format's name and, last, its version. */
const MAGIC: readonly number[] = [0x53, 0x59, 0x53, 0x31];
const PREFIX_BYTES = 16;
/** What a page's flags say. */
const WIDE = 1;
const PLAIN = 2;
/** One read brings most headers whole. */
const FIRST_READ_BYTES = 65_536;

/** Compressed content that is not yet placed. */
export interface PackedSection {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** A row group whose sections are not yet placed. */
export interface PackedGroup {
  readonly pages: ReadonlyMap<number, PageLayout>;
  readonly exceptions: ReadonlyMap<number, PackedSection>;
  readonly structure: PackedSection | undefined;
}

/** A part whose sections are not yet placed. */
export interface PackedPart extends Omit<PartLayout, "groups"> {
  readonly groups: readonly PackedGroup[];
}

/** The bytes of a file. */
export function writeBesideFile(part: PackedPart, compress: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const sections: Uint8Array[] = [];
  const header = new ByteWriter();
  const writeSection = ({ bytes, size }: PackedSection): void => {
    header.count(bytes.length);
    header.count(size);
    header.uint32(crc32(bytes));
    sections.push(bytes);
  };
  for (const count of [part.lineCount, part.tableSize, part.groupLines, part.columns.length]) {
    header.count(count);
  }
  for (const { path, storage, isRequired } of part.columns) {
    header.byte(COLUMN_STORAGES.indexOf(storage) * 2 + (isRequired ? 1 : 0));
    header.count(path.length);
    for (const key of path) header.text(JSON.stringify(key));
  }
  for (const { pages, exceptions, structure } of part.groups) {
    for (const column of part.columns.keys()) {
      const page = pages.get(column);
      if (page !== undefined) writePage(header, page);
    }
    header.count(exceptions.size);
    for (const [column, section] of exceptions) {
      header.count(column);
      writeSection(section);
    }
    header.byte(structure === undefined ? 0 : 1);
    if (structure !== undefined) writeSection(structure);
  }
  return assemble(header.finish(), sections, compress);
}

function writePage(header: ByteWriter, page: PageLayout): void {
  header.count(page.offset);
  header.count(page.length);
  header.count(page.size);
  header.byte((page.isWide ? WIDE : 0) | (page.isPlain ? PLAIN : 0));
  header.uint32(page.checksum);
}

function assemble(
  header: Uint8Array,
  sections: readonly Uint8Array[],
  compress: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const packed = compress(header);
  const file = new ByteWriter();
  for (const byte of MAGIC) file.byte(byte);
  file.uint32(packed.length);
  file.uint32(header.length);
  file.uint32(crc32(packed));
  file.bytes(packed);
  for (const section of sections) file.bytes(section);
  return file.finish();
}

/**
 * Reads a part's layout.
 *
 * @throws {SealedPartError} when the file is damaged, cut short, or of another version.
 */
export async function readBesideFile(source: RangeSource, codec: SealedCodec): Promise<PartLayout> {
  if (source.size < PREFIX_BYTES) throw new SealedPartError("the file beside the table is cut short");
  const start = await source.read(0, Math.min(source.size, FIRST_READ_BYTES));
  if (!MAGIC.every((byte, index) => start[index] === byte)) {
    throw new SealedPartError("the file beside the table is of another kind or version");
  }
  const prefix = new ByteReader(start, MAGIC.length);
  const section = {
    offset: PREFIX_BYTES,
    length: prefix.uint32(),
    size: prefix.uint32(),
    checksum: prefix.uint32(),
  };
  const end = PREFIX_BYTES + section.length;
  if (end > source.size) throw new SealedPartError("the file beside the table is cut short");
  const packed =
    end <= start.length ? start.subarray(PREFIX_BYTES, end) : await source.read(PREFIX_BYTES, end);
  const header = unpackSection(packed, section, codec, "the header");
  const { layout, end: size } = parseHeader(new ByteReader(header), end);
  if (size !== source.size) {
    throw new SealedPartError(`the file beside the table has ${source.size} bytes instead of ${size}`);
  }
  return layout;
}

/** Checks and unpacks a section or a page. */
export function unpackSection(
  bytes: Uint8Array,
  { length, size, checksum, isPlain = false }: SectionLayout & { readonly isPlain?: boolean },
  codec: SealedCodec,
  what: string,
): Uint8Array {
  if (bytes.length !== length) {
    throw new SealedPartError(`${what} has ${bytes.length} bytes instead of ${length}`);
  }
  const found = codec.checksum?.(bytes) ?? crc32(bytes);
  if (found !== checksum) throw new SealedPartError(`the checksum of ${what} is wrong`);
  const content = isPlain ? bytes : unpack(bytes, size, codec, what);
  if (content.length !== size) {
    throw new SealedPartError(`${what} holds ${content.length} bytes instead of ${size}`);
  }
  return content;
}

function unpack(bytes: Uint8Array, size: number, codec: SealedCodec, what: string): Uint8Array {
  try {
    return codec.decompress(bytes, size);
  } catch (cause) {
    throw new SealedPartError(`${what} cannot be unpacked`, { cause });
  }
}

function parseHeader(
  header: ByteReader,
  firstSection: number,
): { readonly layout: PartLayout; readonly end: number } {
  const lineCount = header.count();
  const tableSize = header.count();
  const groupLines = header.count();
  const columns: ColumnLayout[] = [];
  for (let rest = header.count(); rest > 0; rest -= 1) columns.push(parseColumn(header));
  let offset = firstSection;
  const parseSection = (): SectionLayout => {
    const section = { offset, length: header.count(), size: header.count(), checksum: header.uint32() };
    offset += section.length;
    return section;
  };
  const groups: GroupLayout[] = [];
  for (let first = 0; first < lineCount; first += groupLines) {
    const pages = new Map<number, PageLayout>();
    for (const [column, { storage }] of columns.entries()) {
      if (storage !== "none") pages.set(column, parsePage(header));
    }
    const exceptions = new Map<number, SectionLayout>();
    for (let rest = header.count(); rest > 0; rest -= 1) exceptions.set(header.count(), parseSection());
    groups.push({ pages, exceptions, structure: header.byte() === 1 ? parseSection() : undefined });
  }
  return { layout: { lineCount, tableSize, groupLines, columns, groups }, end: offset };
}

function parseColumn(header: ByteReader): ColumnLayout {
  const code = header.byte();
  const storage = COLUMN_STORAGES[code >> 1];
  if (storage === undefined) throw new SealedPartError(`there is no storage ${code >> 1} of columns`);
  const path: string[] = [];
  for (let rest = header.count(); rest > 0; rest -= 1) path.push(String(JSON.parse(header.text())));
  return { path, storage, isRequired: code % 2 === 1 };
}

function parsePage(header: ByteReader): PageLayout {
  const place = { offset: header.count(), length: header.count(), size: header.count() };
  const flags = header.byte();
  if (flags > (WIDE | PLAIN)) throw new SealedPartError(`there are no pages of kind ${flags}`);
  return {
    ...place,
    isWide: (flags & WIDE) !== 0,
    isPlain: (flags & PLAIN) !== 0,
    checksum: header.uint32(),
  };
}
