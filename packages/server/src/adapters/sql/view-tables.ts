import type { Generated } from "kysely";

/** Tables of reports and custom charts. */
export interface ViewTables {
  views: ViewRow;
  view_versions: ViewVersionRow;
  view_tokens: ViewTokenRow;
  custom_charts: CustomChartRow;
}

/** A view; what it shows stands in its current version. */
export interface ViewRow {
  view_id: Generated<number>;
  project_id: number;
  type: string;
  name: string;
  parent_id: number | null;
  version: number;
  created_by_user_id: number;
  created_at: string;
  updated_at: string;
}

/** What a view showed from one change to the next. */
export interface ViewVersionRow {
  project_id: number;
  view_id: number;
  version: number;
  display_name: string;
  description: string;
  spec: string;
  user_id: number;
  created_at: string;
}

/** A share link. */
export interface ViewTokenRow {
  token: string;
  project_id: number;
  view_id: number;
  /** A JSON list of numbers. */
  shown_project_ids: string;
  created_at: string;
  revoked_at: string | null;
}

/** A custom chart. */
export interface CustomChartRow {
  chart_id: Generated<number>;
  entity_id: number;
  name: string;
  display_name: string;
  type: string;
  access: string;
  spec: string;
  user_id: number;
  created_at: string;
  updated_at: string;
}
