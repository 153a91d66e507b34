/** A report: what it is called, what it holds, and the runs that its sections are about. */
import { isJsonArray, isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { parseInstantOrNull } from "../../core/dates.ts";
import { CommError, ValueError } from "../../core/errors.ts";
import type { PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { encodePart } from "../../core/urls.ts";
import type { ViewFieldsFragment } from "../../generated/reports-documents.ts";
import { renderFrame } from "../html.ts";
import type { HtmlOptions } from "../html.ts";
import { QueryGenerator } from "../query/query-generator.ts";
import { Runs } from "../runs/runs.ts";
import { sectionRuns } from "./report-section.ts";

/** Who created a report. */
export interface ReportUser {
  readonly username: string | null;
  readonly photoUrl: string | null;
  readonly email: string | null;
}

/** What is known of a report: of one that is only named by a path, its id and title. */
export type ReportFields = Pick<ViewFieldsFragment, "id" | "displayName"> &
  Partial<Omit<ViewFieldsFragment, "id" | "displayName">>;

/** Options of `report.runs`. */
export interface ReportRunsOptions extends PaginatorOptions {
  /** Whether only the selected runs of the section are listed. @default true */
  readonly onlySelected?: boolean | undefined;
}

const DEFAULT_HEIGHT = 1024;

/** A report. Mirrors `wandb.apis.public.BetaReport`. */
export class BetaReport {
  /** Global id. */
  readonly id: string;
  /** The server's name for it; {@link displayName} is what people call it. */
  readonly name: string | null;
  /** The title. */
  readonly displayName: string | null;
  readonly description: string | null;
  /** Who created it. */
  readonly user: ReportUser | null;
  /** What it holds; empty for a report that was made from a path. */
  readonly spec: JsonObject;
  readonly createdAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly createdAtText: string | null;
  readonly updatedAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly updatedAtText: string | null;
  /** Name of the owning entity. */
  readonly entity: string;
  /** Name of the project. */
  readonly project: string;
  /** Translates the filters of its sections. */
  readonly queryGenerator: QueryGenerator = new QueryGenerator();
  readonly #service: Service;

  /** @throws {CommError} when the spec is no JSON object or an instant is none. */
  constructor(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    fields: ReportFields,
  ) {
    this.#service = service;
    this.entity = place.entity;
    this.project = place.project;
    this.id = fields.id;
    this.displayName = fields.displayName;
    this.name = fields.name ?? null;
    this.description = fields.description ?? null;
    this.user = fields.user ?? null;
    this.spec = readSpec(fields.spec ?? null);
    this.createdAtText = fields.createdAt ?? null;
    this.createdAt = parseInstantOrNull(this.createdAtText, "view.createdAt");
    this.updatedAtText = fields.updatedAt ?? null;
    this.updatedAt = parseInstantOrNull(this.updatedAtText, "view.updatedAt");
  }

  /**
   * The sections with panels: the panel groups of older reports, or what the panel grids of newer ones are about, for
   * which Python raises `KeyError`.
   */
  get sections(): readonly JsonObject[] {
    const groups = objects(this.spec["panelGroups"]);
    if (groups !== undefined) return groups;
    const grids = (objects(this.spec["blocks"]) ?? []).filter((block) => block["type"] === "panel-grid");
    return grids.map((grid) => grid["metadata"]).filter((section) => isJsonObject(section));
  }

  /** The report's page; null when it has no title or id to make an address of. */
  get url(): string | null {
    const { entity, project, displayName, id } = this;
    if (entity === "" || project === "" || displayName === null || displayName === "" || id === "")
      return null;
    const slug = displayName
      .replaceAll(/[^\p{L}\p{N}_]/gu, "-")
      .replaceAll(/-+/g, "-")
      .replaceAll(/^-|-$/g, "");
    const { appUrl } = this.#service.settings;
    const path = `${encodePart(entity)}/${encodePart(project)}/reports`;
    return `${appUrl}${path}/${encodeURIComponent(slug)}--${id.replaceAll("=", "")}`;
  }

  /**
   * The runs that a section is about. They are of the section's own project where it names one.
   *
   * @throws {ValueError} when the section has no run set, or one of a form that is not known.
   */
  runs(section: JsonObject, options: ReportRunsOptions = {}): Runs {
    const { onlySelected = true, ...rest } = options;
    const { filters, order, entity, project } = sectionRuns(section, this.queryGenerator, { onlySelected });
    const place = {
      service: this.#service,
      entity: entity ?? this.entity,
      project: project ?? this.project,
    };
    return new Runs(() => Promise.resolve(place), { ...rest, filters, order });
  }

  /** An HTML frame with the report's page. Mirrors `to_html`. @throws {ValueError} for a report without a page. */
  toHtml(options: HtmlOptions = {}): string {
    const { url } = this;
    if (url === null) throw new ValueError("The report has no page: it needs a title and an id");
    return renderFrame(url, { height: DEFAULT_HEIGHT, ...options });
  }
}

function readSpec(text: string | null): JsonObject {
  if (text === null || text === "") return {};
  try {
    return parseJsonObject(text);
  } catch (cause) {
    throw new CommError("Unexpected answer: view.spec: expected a JSON object", {
      code: "invalid_response",
      cause,
    });
  }
}

function objects(value: JsonValue | undefined): readonly JsonObject[] | undefined {
  return value !== undefined && isJsonArray(value) ? value.filter((item) => isJsonObject(item)) : undefined;
}
