/** Paths that may name a project, run, sweep or report, for the one method that takes any of them. */
import { ProtocolError } from "../errors.ts";
import { splitRunPath, stripSlashes } from "./run-path.ts";
import type { RunPathParts } from "./run-path.ts";

/** What a path names, and its parts. */
export type ObjectPath =
  | { readonly kind: "project"; readonly entity?: string; readonly project: string }
  | { readonly kind: "run" | "sweep"; readonly parts: RunPathParts }
  | {
      readonly kind: "report";
      readonly entity: string;
      readonly project: string;
      readonly displayName: string;
      readonly id: string;
    };

const ESCAPED_BYTES = /(?:%[0-9A-Fa-f]{2})+/g;

/**
 * Reads `project`, `entity/project`, `entity/project/id`, `entity/project/runs/id`, `entity/project/sweeps/id` or
 * `entity/project/reports/Name--ID`.
 *
 * @throws {ProtocolError} `invalid_argument` when the path has another form.
 */
export function parseObjectPath(path: string): ObjectPath {
  const parts = stripSlashes(path).split("/");
  const [first = "", second = "", third = "", fourth = ""] = parts;
  if (parts.length === 1 && first !== "") return { kind: "project", project: first };
  if (parts.length === 2) return { kind: "project", entity: first, project: second };
  if (parts.length === 3) return { kind: "run", parts: splitRunPath(path) };
  if (parts.length === 4) {
    if (third.startsWith("run")) return { kind: "run", parts: splitRunPath(path) };
    if (third.startsWith("sweep")) return { kind: "sweep", parts: splitRunPath(path) };
    if (third.startsWith("report")) {
      return { kind: "report", entity: first, project: second, ...parseReportSlug(fourth) };
    }
  }
  throw new ProtocolError(
    "invalid_argument",
    "Invalid path, should be TEAM/PROJECT/TYPE/ID where TYPE is runs, sweeps, or reports",
    { field: "path" },
  );
}

function parseReportSlug(slug: string): { displayName: string; id: string } {
  const [name = "", id, ...rest] = slug.includes("-") ? slug.split("--") : ["", slug];
  if (id === undefined || rest.length > 0) {
    throw new ProtocolError(
      "invalid_argument",
      "Invalid report path, should be team/project/reports/Name--XXXX",
      { field: "path" },
    );
  }
  return { displayName: unquote(name.replaceAll("-", " ")), id };
}

/** Percent-decodes leniently: what is not an escape stays, bytes that are no UTF-8 become replacement marks. */
function unquote(text: string): string {
  return text.replaceAll(ESCAPED_BYTES, (escapes) => {
    const bytes = escapes
      .slice(1)
      .split("%")
      .map((hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
