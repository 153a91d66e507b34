/** The fields of sweeps that filters may name, in both of W&B's spellings. */
import { FilterError } from "@steelyard/protocol";
import type { FilterField } from "@steelyard/protocol";
import type { Sweep } from "./sweep.ts";

const FIELDS: ReadonlyMap<string, FilterField<Sweep>> = new Map([
  ...value(["name", "id"], (sweep) => sweep.name),
  ...value(["displayName", "display_name"], (sweep) => sweep.displayName),
  ...value(["state"], (sweep) => sweep.state),
  ...value(["method"], (sweep) => sweep.method),
  ...value(["description"], (sweep) => sweep.description),
  ...value(["username", "user"], (sweep) => sweep.username),
  ...date(["createdAt", "created_at"], (sweep) => sweep.createdAt),
  ...date(["updatedAt", "updated_at"], (sweep) => sweep.updatedAt),
  ...date(["heartbeatAt", "heartbeat_at"], (sweep) => sweep.heartbeatAt),
]);

/** Finds a field of sweeps. Throws `FilterError` naming it when there is none. */
export function resolveSweepField(name: string): FilterField<Sweep> {
  const field = FIELDS.get(name);
  if (field !== undefined) return field;
  const shown = JSON.stringify(name.slice(0, 200));
  throw new FilterError(
    `Unknown sweep field ${shown}: expected one of ${[...FIELDS.keys()].join(", ")}`,
    name,
  );
}

type NamedField = readonly [name: string, field: FilterField<Sweep>];

function value(names: readonly string[], read: (sweep: Sweep) => string | null): readonly NamedField[] {
  return names.map((name) => [name, { kind: "value", read: (sweep) => read(sweep) ?? undefined }]);
}

function date(names: readonly string[], read: (sweep: Sweep) => string | null): readonly NamedField[] {
  return names.map((name) => [name, { kind: "date", read: (sweep) => read(sweep) ?? undefined }]);
}
