/** What a page of reports needs, in one module that loads on first use. */
export { ProjectViewsDocument } from "../../generated/reports-documents.ts";
export { BetaReport } from "./beta-report.ts";
