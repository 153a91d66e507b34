/** What a page of integrations needs, in one module that loads on first use. */
export { INTEGRATIONS } from "./integration-documents.ts";
export { toIntegration } from "./integration.ts";
