/** Global ids of sweeps and agents. */
import { decodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";

/** The number in a sweep's global id. Throws `invalid_argument` when it is no such id. */
export function parseSweepId(id: string): number {
  return parseId(id, "Sweep");
}

/** The number in an agent's global id. Throws `invalid_argument` when it is no such id. */
export function parseAgentId(id: string): number {
  return parseId(id, "Agent");
}

function parseId(id: string, expected: string): number {
  const { type, numbers } = decodeGlobalId(id);
  const [number, ...rest] = numbers;
  if (type === expected && number !== undefined && rest.length === 0) return number;
  throw new ServerError("invalid_argument", `"${id}" is not the id of a ${expected.toLowerCase()}`, {
    field: "id",
  });
}
