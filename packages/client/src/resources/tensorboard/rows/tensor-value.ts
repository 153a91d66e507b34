/** A tensor as a value of a row, in the forms that W&B's client gives NumPy arrays. */
import type { JsonValue } from "@steelyard/protocol";

import type { Tensor } from "../event-file/tensor.ts";
import { histogramOfValues } from "./histogram.ts";

/** An array of more values is logged as a histogram of them. */
const MAX_LISTED = 32;
const TEXT = new TextDecoder();

/** The value, a nested list of at most 32, or a histogram of more; undefined for a type that is not read. */
export function tensorValue(tensor: Tensor): JsonValue | undefined {
  switch (tensor.kind) {
    case "other":
      return undefined;
    case "bytes":
      return nested(
        tensor.values.map((bytes) => TEXT.decode(bytes)),
        tensor.shape,
      );
    case "numbers": {
      const { values, shape, isBoolean } = tensor;
      if (values.length > MAX_LISTED) return histogramOfValues(values);
      return nested(isBoolean ? values.map((value) => value !== 0) : values, shape);
    }
  }
}

/** One value stands for itself, whatever its shape. */
function nested(values: readonly JsonValue[], shape: readonly number[]): JsonValue {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  let list = values;
  for (const length of shape.slice(1).reverse()) {
    const grouped: JsonValue[] = [];
    for (let start = 0; start < list.length; start += length) grouped.push(list.slice(start, start + length));
    list = grouped;
  }
  return list;
}
