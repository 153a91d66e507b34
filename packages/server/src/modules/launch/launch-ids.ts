/** Global ids of queues, configs, agents and items; an item's may also say which lease of it is meant. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError, isCodedError } from "../../errors.ts";
import type { RunQueueItem } from "./run-queue-item.ts";
import type { ItemHandle } from "./run-queue-item-service.ts";

/** Types with ids of one number. */
export type LaunchIdType = "RunQueue" | "DefaultResourceConfig" | "LaunchAgent";

const NAMES: Readonly<Record<LaunchIdType, string>> = {
  RunQueue: "run queue",
  DefaultResourceConfig: "resource config",
  LaunchAgent: "launch agent",
};

/** The number in an id; undefined when it is no such id. */
export function findLaunchNumber(id: string, type: LaunchIdType): number | undefined {
  const [number, ...rest] = findNumbers(id, type);
  return rest.length === 0 ? number : undefined;
}

/** The number in an id. Throws `not_found` when it is no such id. */
export function requireLaunchNumber(id: string, type: LaunchIdType, field: string): number {
  const number = findLaunchNumber(id, type);
  if (number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of a ${NAMES[type]}`, { field });
}

/** The item that an id means; undefined when it is no such id. */
export function findItemHandle(id: string): ItemHandle | undefined {
  const [itemId, leaseNumber, ...rest] = findNumbers(id, "RunQueueItem");
  if (itemId === undefined || rest.length > 0) return undefined;
  return { itemId, leaseNumber: leaseNumber ?? null };
}

/**
 * The id under which an item is handed out. The first time it is the id that the item has for everybody; an agent whose
 * lease ran out is told from the next one by the number that the later ids carry.
 */
export function encodeLease({ id, leaseNumber }: RunQueueItem): string {
  return leaseNumber > 1
    ? encodeGlobalId("RunQueueItem", id, leaseNumber)
    : encodeGlobalId("RunQueueItem", id);
}

function findNumbers(id: string, expectedType: string): readonly number[] {
  try {
    const { type, numbers } = decodeGlobalId(id);
    return type === expectedType ? numbers : [];
  } catch (error) {
    // Clients look items up by whatever they were given; what is no id is nobody's.
    if (isCodedError(error, "invalid_argument")) return [];
    throw error;
  }
}
