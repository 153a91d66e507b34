import { parseArgs } from "node:util";
import { measureServer } from "./steelyard.ts";
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100" },
    seconds: { type: "string", default: "6" },
    connections: { type: "string", default: "32" },
    summary: { type: "boolean", default: false },
    prof: { type: "string" },
  },
});
const env = values.prof === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.prof}` };
const r = await measureServer(
  {
    rowsARequest: Number(values.rows),
    keysARow: 20,
    hasSummary: values.summary,
    connections: Number(values.connections),
    seconds: Number(values.seconds),
  },
  env,
);
console.log(JSON.stringify(r, (_, v) => (typeof v === "number" ? Number(v.toFixed(2)) : v)));
