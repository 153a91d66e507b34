/** Fetches many pieces of a file in few reads: pieces that lie near each other come in one. */
import type { SectionLayout } from "./part-layout.ts";
import type { RangeSource } from "./sealed-part.ts";

/** Fetching so many bytes for nothing costs less than another read. */
const MAX_GAP_BYTES = 16_384;

/** The bytes of each piece, in their order; undefined for what is undefined. */
export async function readSections(
  source: RangeSource,
  sections: readonly (SectionLayout | undefined)[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const reads = planReads(sections.filter((section) => section !== undefined));
  const blocks = await Promise.all(reads.map(({ start, end }) => source.read(start, end)));
  return sections.map((section) => {
    if (section === undefined) return undefined;
    const index = reads.findIndex(({ start, end }) => section.offset >= start && section.offset < end);
    const start = reads[index]?.start ?? 0;
    return blocks[index]?.subarray(section.offset - start, section.offset - start + section.length);
  });
}

/** The ranges to read, in ascending order. */
export function planReads(
  sections: readonly Pick<SectionLayout, "offset" | "length">[],
): readonly { readonly start: number; readonly end: number }[] {
  const reads: { start: number; end: number }[] = [];
  for (const { offset, length } of sections.toSorted((a, b) => a.offset - b.offset)) {
    const last = reads.at(-1);
    if (last !== undefined && offset - last.end <= MAX_GAP_BYTES)
      last.end = Math.max(last.end, offset + length);
    else reads.push({ start: offset, end: offset + length });
  }
  return reads;
}
