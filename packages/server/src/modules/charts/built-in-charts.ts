/**
 * The presets that Python's `wandb.plot` names. W&B serves them; here they are specifications of our own in Vega-Lite,
 * with the gaps that those functions fill. Rows come as the data set `wandb`, with `name` and `color` of their run.
 */
import type { CustomChart } from "./custom-chart.ts";

/** The entity in the ids of these charts. */
export const BUILT_IN_ENTITY = "wandb";

/** JSON of a specification. */
type Spec = Readonly<Record<string, unknown>>;

const TITLE = "${string:title}";

/** An encoding channel of a gap. */
function gap(name: string, type: string, options: Spec = {}): Spec {
  return { field: `\${field:${name}}`, type, ...options };
}

/** Runs keep their colours where a chart shows several. */
const RUN_COLOR: Spec = {
  field: "name",
  type: "nominal",
  scale: { range: { field: "color" } },
  legend: { title: null },
};

/** The frame of every preset. */
function preset(name: string, displayName: string, body: Spec): CustomChart {
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    title: TITLE,
    data: { name: "wandb" },
    width: "container",
    height: "container",
    autosize: { type: "fit", contains: "padding" },
    ...body,
  };
  return {
    entityName: BUILT_IN_ENTITY,
    name,
    displayName,
    type: "vega2",
    access: "PUBLIC",
    spec: JSON.stringify(spec),
    made: null,
  };
}

const AREA_UNDER_CURVE = preset("area-under-curve/v0", "Area under a curve", {
  mark: { type: "line", interpolate: "linear", tooltip: true },
  encoding: {
    x: gap("x", "quantitative", { title: "${string:x-axis-title}", scale: { domain: [0, 1] } }),
    y: gap("y", "quantitative", { title: "${string:y-axis-title}", scale: { domain: [0, 1] } }),
    color: gap("class", "nominal"),
    strokeDash: { field: "name", type: "nominal", legend: null },
    order: gap("x", "quantitative"),
  },
});

const BAR = preset("bar/v0", "Bars", {
  mark: { type: "bar", tooltip: true },
  encoding: {
    y: gap("label", "nominal", { sort: null }),
    x: gap("value", "quantitative"),
    yOffset: { field: "name", type: "nominal" },
    color: RUN_COLOR,
  },
});

const CONFUSION_MATRIX = preset("confusion_matrix/v1", "Confusion matrix", {
  facet: { field: "name", type: "nominal", title: null },
  columns: 2,
  spec: {
    encoding: {
      x: gap("Predicted", "nominal", { title: "Predicted", sort: null }),
      y: gap("Actual", "nominal", { title: "Actual", sort: null }),
    },
    layer: [
      { mark: "rect", encoding: { color: gap("nPredictions", "quantitative", { legend: null }) } },
      { mark: "text", encoding: { text: gap("nPredictions", "quantitative") } },
    ],
  },
});

const HISTOGRAM = preset("histogram/v0", "Histogram", {
  mark: { type: "bar", tooltip: true, opacity: 0.7 },
  encoding: {
    x: gap("value", "quantitative", { bin: { maxbins: 50 } }),
    y: { aggregate: "count", type: "quantitative", stack: null },
    color: RUN_COLOR,
  },
});

const LINE = preset("line/v0", "Lines", {
  mark: { type: "line", tooltip: true },
  encoding: {
    x: gap("x", "quantitative"),
    y: gap("y", "quantitative"),
    color: RUN_COLOR,
    strokeDash: gap("stroke", "nominal"),
  },
});

const LINE_SERIES = preset("lineseries/v0", "Line series", {
  mark: { type: "line", tooltip: true },
  encoding: {
    x: gap("step", "quantitative", { title: "${string:xname}" }),
    y: gap("lineVal", "quantitative", { title: null }),
    color: gap("lineKey", "nominal", { title: null }),
    strokeDash: { field: "name", type: "nominal", legend: null },
  },
});

const SCATTER = preset("scatter/v0", "Scatter plot", {
  mark: { type: "point", filled: true, tooltip: true },
  encoding: {
    x: gap("x", "quantitative", { scale: { zero: false } }),
    y: gap("y", "quantitative", { scale: { zero: false } }),
    color: RUN_COLOR,
  },
});

/** The charts that the server brings along, by name. */
export const BUILT_IN_CHARTS: readonly CustomChart[] = [
  AREA_UNDER_CURVE,
  BAR,
  CONFUSION_MATRIX,
  HISTOGRAM,
  LINE,
  LINE_SERIES,
  SCATTER,
];
