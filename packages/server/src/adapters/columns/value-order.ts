// How protocol orders the values of one field, as a function of the values alone.
import {
  compileRunOrder,
  isJsonArray,
  type FieldKind,
  type JsonValue,
  type OrderValue,
  type RunDocument,
} from "@steelyard/protocol";

/** An order of single values. */
export interface ValueOrder {
  readonly isDescending: boolean;
  /** What cursors carry of a value. */
  readonly toOrderValue: (value: JsonValue | undefined) => OrderValue;
  readonly compare: (a: OrderValue, b: OrderValue) => number;
}

/** The order of a field of some kind, by way of a document that holds nothing but the value. */
export function createValueOrder(kind: FieldKind, isDescending: boolean): ValueOrder {
  const order = compileRunOrder([{ field: "summary_metrics.value", isDescending }]);
  return {
    isDescending,
    toOrderValue: (value) => {
      const isNothing = value === undefined || (kind === "list" && isJsonArray(value) && value.length === 0);
      return order.values(isNothing ? emptyRun : { ...emptyRun, summary: { value } })[0] ?? null;
    },
    compare: (a, b) => order.compare([a], [b]),
  };
}

const emptyRun: RunDocument = {
  id: 0,
  name: "",
  displayName: null,
  state: "",
  config: {},
  summary: {},
  tags: [],
  group: null,
  jobType: null,
  host: null,
  username: null,
  entity: "",
  project: "",
  sweep: null,
  createdAt: "",
  updatedAt: null,
  heartbeatAt: null,
  durationSeconds: null,
  notes: null,
  description: null,
  commit: null,
};
