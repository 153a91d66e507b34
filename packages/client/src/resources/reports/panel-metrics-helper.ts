/** Names of metrics in the panels of reports, and what the server calls them. */
import { ValueError } from "../../core/errors.ts";
import { INSTANT_NAMES, METRIC_NAMES, lookUp, reversed, splitName } from "./metric-names.ts";
import type { NameMapping } from "./metric-names.ts";

/** Translates names of metrics. Mirrors `wandb.apis.public.PanelMetricsHelper`. */
export class PanelMetricsHelper {
  /** Metrics that every run has: what charts call them to what the server calls them. */
  static readonly FRONTEND_NAME_MAPPING: NameMapping = METRIC_NAMES;
  /** The reverse of {@link FRONTEND_NAME_MAPPING}. */
  static readonly FRONTEND_NAME_MAPPING_REVERSED: NameMapping = reversed(METRIC_NAMES);
  /** Instants of runs, likewise. */
  static readonly RUN_MAPPING: NameMapping = INSTANT_NAMES;
  /** The reverse of {@link RUN_MAPPING}. */
  static readonly RUN_MAPPING_REVERSED: NameMapping = reversed(INSTANT_NAMES);

  /** The server's name of a metric; others stay. */
  frontToBack(name: string): string {
    return lookUp(PanelMetricsHelper.FRONTEND_NAME_MAPPING, name) ?? name;
  }

  /** What charts call a metric; others stay. */
  backToFront(name: string): string {
    return lookUp(PanelMetricsHelper.FRONTEND_NAME_MAPPING_REVERSED, name) ?? name;
  }

  /** As scatter plots and parallel coordinates name things: `c::` for config, `s::` for summary. */
  specialFrontToBack(name: string): string;
  specialFrontToBack(name: string | null): string | null;
  specialFrontToBack(name: string | null): string | null {
    if (name === null) return null;
    const [head, rest] = splitName(name);
    if (head.startsWith("c::")) return `config:${head.slice(3)}.value${rest}`;
    if (head.startsWith("s::")) return `summary:${head.slice(3)}${rest}`;
    const instant = lookUp(PanelMetricsHelper.RUN_MAPPING, name);
    if (instant !== undefined) return `run:${instant}`;
    return name === "Index" ? name : `summary:${this.frontToBack(name)}`;
  }

  /**
   * The reverse of {@link specialFrontToBack}, also of `Index`, for which Python raises.
   *
   * @throws {ValueError} for a name without a kind, a config key without `.value`, and a column that no chart has on an
   *   axis.
   */
  specialBackToFront(name: string): string;
  specialBackToFront(name: string | null): string | null;
  specialBackToFront(name: string | null): string | null {
    if (name === null) return null;
    const colon = name.indexOf(":");
    const kind = name.slice(0, Math.max(colon, 0));
    const rest = name.slice(colon + 1);
    switch (kind) {
      case "config":
        return `c::${configKey(name, rest)}`;
      case "summary":
        return `s::${rest}`;
      case "run": {
        const instant = lookUp(PanelMetricsHelper.RUN_MAPPING_REVERSED, rest);
        if (instant === undefined) throw new ValueError(`Invalid name: ${name}`);
        return instant;
      }
      default:
        if (colon !== -1 || name === "Index") return name;
        throw new ValueError(`Invalid name: ${name}`);
    }
  }
}

/** `key.value` or `key.value.rest` without the `value`. */
function configKey(name: string, path: string): string {
  const [key, value, ...rest] = path.split(".");
  if (key === undefined || value === undefined) throw new ValueError(`Invalid name: ${name}`);
  return [key, ...rest].join(".");
}
