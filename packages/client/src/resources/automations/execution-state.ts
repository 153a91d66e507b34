/** Where what automations did can stand. */

/** Where an execution stands: it waits, it is done, or it was given up until somebody asks for it. */
export const EXECUTION_STATES = ["PENDING", "FINISHED", "FAILED"] as const;

/** Where an execution stands. */
export type ExecutionState = (typeof EXECUTION_STATES)[number];
