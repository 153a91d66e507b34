/** What a page of automations needs, in one module that loads on first use. */
export { Automation } from "./automation.ts";
export { entityTriggers, projectTriggers } from "./trigger-documents.ts";
