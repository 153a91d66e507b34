/** A report as a plain page, for those who may see it: by a share link, or because its project is public. */
import { decodeGlobalId, encodeGlobalId, isJsonArray, isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { RequestContext } from "../../transport/context.ts";
import { isCodedError } from "../../errors.ts";
import type { View } from "../reports/view.ts";
import { Html, html } from "./html.ts";
import type { Page } from "./link-page.ts";
import type { Link } from "./link.ts";

const MAX_DEPTH = 30;

/** The report of an address that the caller may see, with the token of a share link or without; undefined without it. */
export async function findReport(
  { caller, services }: RequestContext,
  link: Link & { readonly kind: "report" },
  token: string | undefined,
): Promise<View | undefined> {
  const viewId = link.id === undefined ? undefined : readViewId(link.id);
  if (viewId === undefined) return undefined;
  const shared = token === undefined ? undefined : await services.shares.open(token);
  return shared?.viewId === viewId ? shared : services.views.find(caller, viewId);
}

/** The page of a report: its texts; what it draws is only named. */
export function reportPage(report: View): Page {
  const spec = parseJson(report.spec);
  const blocks = isJsonObject(spec) && isJsonArray(spec["blocks"]) ? spec["blocks"] : [];
  return {
    title: report.displayName === "" ? "Untitled report" : report.displayName,
    body: html`${report.description === "" ? [] : [html`<p>${report.description}</p>`]}
      <p><small>Last changed ${report.updatedAt}, version ${String(report.version)}</small></p>
      ${blocks.map((block) => renderBlock(block, 0))}
      <p><small>Report ${encodeGlobalId("View", report.viewId)}</small></p>`,
  };
}

function renderBlock(block: JsonValue, depth: number): Html {
  if (!isJsonObject(block) || depth > MAX_DEPTH) return new Html("");
  const type = textOf(block["type"]);
  const children = isJsonArray(block["children"]) ? block["children"] : [];
  const inner = children.map((child) => renderBlock(child, depth + 1));
  switch (type) {
    case "heading":
      return html`<h2>${inner}</h2>`;
    case "paragraph":
      return html`<p>${inner}</p>`;
    case "list":
      return block["ordered"] === true
        ? html`<ol>
            ${inner}
          </ol>`
        : html`<ul>
            ${inner}
          </ul>`;
    case "list-item":
      return html`<li>${inner}</li>`;
    case "block-quote":
    case "callout-block":
      return html`<blockquote>${inner}</blockquote>`;
    case "code-block":
      return html`<pre>${inner}</pre>`;
    case "code-line":
    case "callout-line":
      return html`${inner} `;
    case "horizontal-rule":
      return html`<hr />`;
    case "panel-grid":
      return html`<p><em>Charts of runs: read the report with a program to draw them.</em></p>`;
    default:
      return html`${textOf(block["content"])}${textOf(block["text"])}${inner}`;
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The number in a global id; undefined for what is none, since addresses are typed by people. */
function readViewId(id: string): number | undefined {
  try {
    const { type, numbers } = decodeGlobalId(id);
    return type === "View" && numbers.length === 1 ? numbers[0] : undefined;
  } catch (error) {
    if (isCodedError(error, "invalid_argument")) return undefined;
    throw error;
  }
}
