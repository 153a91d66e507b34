/** An event file from its bytes: the records, and in each an event. The portable core: no disk, no clock, no server. */
import { readEvent } from "./event.ts";
import type { TensorboardEvent } from "./event.ts";
import { RecordReader } from "./record-reader.ts";
import type { EventFileDamage } from "./record-reader.ts";

/** Told of each damage as it is met. */
export type DamageListener = (damage: EventFileDamage) => void;

/** Reads events from bytes that are pushed as they come. */
export class EventReader {
  readonly #records = new RecordReader();
  readonly #onDamage: DamageListener;
  /** Writers need to say only once which plugin a tag belongs to. */
  readonly #plugins = new Map<string, string>();

  constructor(onDamage: DamageListener) {
    this.#onDamage = onDamage;
  }

  /** Whether nothing more can be read of the file. */
  get isLost(): boolean {
    return this.#records.isLost;
  }

  /** Takes the next bytes of the file. They must not be changed afterwards. */
  push(part: Uint8Array): void {
    this.#records.push(part);
  }

  /** The next event; undefined when more bytes are needed. */
  next(): TensorboardEvent | undefined {
    for (;;) {
      const record = this.#records.next();
      if (record === undefined) return undefined;
      if (record.kind === "damage") {
        this.#onDamage(record.damage);
        continue;
      }
      try {
        return this.#withPlugins(readEvent(record.bytes));
      } catch (error) {
        const { offset } = record;
        const reason = error instanceof Error ? error.message : String(error);
        const message = `the record at byte ${offset} is no event: ${reason}`;
        this.#onDamage({ kind: "record", offset, message });
      }
    }
  }

  /** Reports when the file, which has ended, ends within a record. */
  end(): void {
    const damage = this.#records.end();
    if (damage !== undefined) this.#onDamage(damage);
  }

  #withPlugins(event: TensorboardEvent): TensorboardEvent {
    const values = event.values?.map((value) => {
      const known = this.#plugins.get(value.tag);
      if (value.plugin === "") return known === undefined ? value : { ...value, plugin: known };
      if (known === undefined) this.#plugins.set(value.tag, value.plugin);
      return value;
    });
    return values === undefined ? event : { ...event, values };
  }
}

/** Reads the events of a file from its bytes; what is damaged is reported and passed over. */
export async function* readEvents(
  content: AsyncIterable<Uint8Array>,
  onDamage: DamageListener,
): AsyncGenerator<TensorboardEvent, void, undefined> {
  const reader = new EventReader(onDamage);
  for await (const part of content) {
    reader.push(part);
    for (let event = reader.next(); event !== undefined; event = reader.next()) yield event;
    if (reader.isLost) return;
  }
  reader.end();
}
