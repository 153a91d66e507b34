/** The behaviour that every adapter of a port must have, one suite a port. */
export { describeHistoryLog, type HistoryLogUnderTest } from "./history-log.contract.ts";
