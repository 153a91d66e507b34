/** What a page of registries needs, in one module that loads on first use. */
export { FetchRegistriesDocument } from "../../generated/artifacts-documents.ts";
export { Registry } from "./registry.ts";
