/**
 * Seals lines of one stream: writes them as two blobs, reads these back and compares, and only then puts the part in
 * place. Whatever it leaves half done when the server stops is named in the store, and done again.
 */
import { printJson } from "@steelyard/protocol";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import { parseLine } from "./history-line.ts";
import type { HistoryLog } from "./history-log.ts";
import { isSameJson } from "./same-json.ts";
import { nextTurn } from "./next-turn.ts";
import { blobRange } from "./part-reader.ts";
import { planSeal } from "./seal-plan.ts";
import type { SealPlan, SealRules } from "./seal-plan.ts";
import type { EncodedPart, SealedFormat, SealedPart } from "./sealed-format.ts";
import type { SealedPartStore, StoredPart, StreamPosition } from "./sealed-part-store.ts";

/** What the sealer is built from. */
export interface PartSealerParts {
  readonly log: Pick<HistoryLog, "layout" | "readLines">;
  readonly store: SealedPartStore;
  readonly blobs: Pick<BlobStore, "put" | "read" | "delete">;
  readonly format: SealedFormat;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly rules: SealRules;
}

type Lines = readonly (string | undefined)[];

const LINES_A_READ = 1_000;
const LINES_A_CHECK = 4_096;

/** About how much text a part has at most: what is held in memory while it is made is a few times that. */
const MAX_PART_CHARS = 32 * 1024 * 1024;

/** Blobs of replaced parts stay so long for those who were handed their addresses. */
const LEFTOVER_LIFE_MS = 15 * 60 * 1000;

/** Makes parts. */
export class PartSealer {
  readonly #parts: PartSealerParts;

  constructor(parts: PartSealerParts) {
    this.#parts = parts;
  }

  /**
   * Seals what is due of a stream, one part at most. `waiting` is a stream with lines that are due only when their run
   * has ended, which it has not.
   */
  async seal(
    stream: StreamPosition,
    isFinished: () => Promise<boolean>,
  ): Promise<"sealed" | "waiting" | "nothing"> {
    const { log, rules } = this.#parts;
    const layout = await log.layout({ ...stream, from: 0, to: Infinity });
    const planWith = (options: {
      readonly hasEnded: boolean;
      readonly mayMerge: boolean;
    }): SealPlan | undefined =>
      planSeal(layout, { rules, isFinished: options.hasEnded, mayMerge: options.mayMerge });
    if (planWith({ hasEnded: true, mayMerge: true }) === undefined) return "nothing";
    const hasEnded = planWith({ hasEnded: false, mayMerge: true }) === undefined && (await isFinished());
    for (const mayMerge of [true, false]) {
      const plan = planWith({ hasEnded, mayMerge });
      if (plan === undefined) return mayMerge ? "waiting" : "nothing";
      const lines = await this.#read(stream, plan);
      // Lines that are too long to be held together are sealed in smaller parts, but not sealed again in smaller ones.
      const isCutShort = plan.from + lines.length < plan.to;
      if (isCutShort && plan.from < plan.sealedEnd) continue;
      const replaces = isCutShort ? layout.hidden : plan.replaces;
      const isInPlace = await this.#write(stream, {
        version: layout.version,
        firstLine: plan.from,
        lines,
        replaces,
      });
      return isInPlace ? "sealed" : "nothing";
    }
    return "nothing";
  }

  /** What is planned, or as much of it as may be held at once. */
  async #read(stream: StreamPosition, { from, to }: SealPlan): Promise<Lines> {
    const texts: (string | undefined)[] = [];
    let chars = 0;
    for (let start = from; start < to && chars < MAX_PART_CHARS; start += LINES_A_READ) {
      const end = Math.min(start + LINES_A_READ, to);
      const read = new Map<number, string>();
      for (const { number, text } of await this.#parts.log.readLines({ ...stream, from: start, to: end })) {
        read.set(number, text);
      }
      for (let number = start; number < end && (chars < MAX_PART_CHARS || number === from); number += 1) {
        const text = read.get(number);
        chars += text?.length ?? 0;
        texts.push(text);
      }
      await nextTurn();
    }
    return texts;
  }

  async #write(stream: StreamPosition, sealed: Sealed): Promise<boolean> {
    const { store, format, clock, ids } = this.#parts;
    const { projectId, runId } = stream;
    const encoded = format.encode(sealed.lines, sealed.firstLine);
    const { statistics } = encoded;
    const name = `sealed/${projectId}/${runId}/${ids.hex(16)}`;
    const files: PartFiles = {
      tableKey: `${name}.parquet`,
      tableBytes: encoded.table.byteLength,
      besideKey: `${name}.beside`,
      besideBytes: encoded.beside.byteLength,
    };
    const blobKeys = [files.tableKey, files.besideKey];
    await store.reserve({ blobKeys });
    let isInPlace = false;
    try {
      await this.#putAndCheck(files, encoded, sealed);
      const isHistory = stream.stream === "history";
      const part: StoredPart = {
        ...{ projectId, runId, stream: stream.stream, ...files },
        firstLine: sealed.firstLine,
        lineCount: sealed.lines.length,
        version: sealed.version,
        rowCount: statistics.rowCount,
        minStep: encoded.minStep,
        maxStep: encoded.maxStep,
        isStepAscending: encoded.isStepAscending,
      };
      isInPlace = await store.commit({
        part,
        statistics: isHistory ? printJson(statistics.toState()) : "",
        replaces: sealed.replaces,
        deleteAfter: new Date(Date.parse(clock.now()) + LEFTOVER_LIFE_MS).toISOString(),
      });
    } finally {
      if (!isInPlace) await this.#removeBlobs(blobKeys);
    }
    return isInPlace;
  }

  /** Writes the blobs and reads them back. */
  async #putAndCheck(files: PartFiles, encoded: EncodedPart, sealed: Sealed): Promise<void> {
    const { blobs, format } = this.#parts;
    await blobs.put({ key: files.tableKey, body: once(encoded.table) });
    await blobs.put({ key: files.besideKey, body: once(encoded.beside) });
    const part = await format.open({
      table: blobRange(blobs, files.tableKey, files.tableBytes),
      beside: blobRange(blobs, files.besideKey, files.besideBytes),
    });
    await checkPart(part, sealed);
  }

  /**
   * A part whose commit has an unknown end is left alone: the store names its blobs as reserved when it was not made,
   * and takes reservations back when it starts anew.
   */
  async #removeBlobs(blobKeys: readonly string[]): Promise<void> {
    const { blobs, store } = this.#parts;
    if (!(await store.abandon({ blobKeys }))) return;
    for (const key of blobKeys) await blobs.delete({ key });
    await store.forget({ blobKeys });
  }
}

/** Lines as they are sealed. */
interface Sealed {
  readonly version: number;
  readonly firstLine: number;
  readonly lines: Lines;
  readonly replaces: readonly StoredPart[];
}

type PartFiles = Pick<StoredPart, "tableKey" | "tableBytes" | "besideKey" | "besideBytes">;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

/** Throws when a part does not hold the values of the lines that it was made from. */
async function checkPart(part: SealedPart, { lines }: Sealed): Promise<void> {
  const { length } = lines;
  if (part.lineCount !== length) throw new Error(`${part.lineCount} lines were sealed instead of ${length}`);
  for (let start = 0; start < length; start += LINES_A_CHECK) {
    const read = await part.lines(start, Math.min(start + LINES_A_CHECK, length));
    for (const [offset, found] of read.entries()) {
      const index = start + offset;
      if (!isSameLine(lines[index], found))
        throw new Error(`line ${index} of the part is not what was sealed`);
    }
  }
}

/** Few lines differ from their text: only numbers that others write in another way. */
function isSameLine(text: string | undefined, read: string | undefined): boolean {
  if (text === read) return true;
  if (text === undefined || read === undefined) return false;
  const row = parseLine(text);
  const found = parseLine(read);
  return row !== undefined && found !== undefined && isSameJson(row, found);
}
