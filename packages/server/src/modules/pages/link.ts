/** What an address that clients print stands for, read from the address alone. */

/** The things that have a page. */
export type Link =
  | { readonly kind: "home" }
  | { readonly kind: "entity"; readonly entity: string }
  | { readonly kind: "project"; readonly entity: string; readonly project: string }
  | { readonly kind: "run"; readonly entity: string; readonly project: string; readonly run: string }
  | { readonly kind: "sweep"; readonly entity: string; readonly project: string; readonly sweep: string }
  | {
      readonly kind: "artifact";
      readonly entity: string;
      readonly project: string;
      /** Absent in the address of all artifacts of a project. */
      readonly name: string | undefined;
      readonly version: string | undefined;
    };

/** Reads the path of an address, already decoded, without its leading slash. */
export function parseLink(path: string): Link {
  const [entity = "", project = "", section = "", ...rest] = path.replace(/\/+$/, "").split("/");
  if (entity === "") return { kind: "home" };
  if (project === "") return { kind: "entity", entity };
  const [first, second, third] = rest;
  if (section === "runs" && first !== undefined) return { kind: "run", entity, project, run: first };
  if (section === "sweeps" && first !== undefined) return { kind: "sweep", entity, project, sweep: first };
  // Artifacts stand under their type, which is not part of their name.
  if (section === "artifacts") return { kind: "artifact", entity, project, name: second, version: third };
  return { kind: "project", entity, project };
}
