/** What an address that clients print stands for, read from the address alone. */

/** The things that have a page. */
export type Link =
  | { readonly kind: "home" }
  | { readonly kind: "entity"; readonly entity: string }
  | { readonly kind: "project"; readonly entity: string; readonly project: string }
  | { readonly kind: "run"; readonly entity: string; readonly project: string; readonly run: string }
  | { readonly kind: "sweep"; readonly entity: string; readonly project: string; readonly sweep: string }
  | {
      readonly kind: "report";
      readonly entity: string;
      readonly project: string;
      /** What the address says of its title. */
      readonly title: string;
      /** Global id, padded; absent in the address of all reports of a project. */
      readonly id: string | undefined;
    }
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
  if (section === "reports" || section === "reportlist") return reportLink(entity, project, first);
  // Artifacts stand under their type, which is not part of their name.
  if (section === "artifacts") return { kind: "artifact", entity, project, name: second, version: third };
  return { kind: "project", entity, project };
}

/** Addresses of reports end in `Title--id`, the id without the padding of base64. */
function reportLink(entity: string, project: string, last: string | undefined): Link {
  const [, slug = "", id] = /^(.*?)-*--([A-Za-z0-9+/]+)=*$/.exec(last ?? "") ?? [];
  const title = slug.replaceAll("-", " ").trim();
  return { kind: "report", entity, project, title, id: id?.padEnd(Math.ceil(id.length / 4) * 4, "=") };
}
