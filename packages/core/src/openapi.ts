/** What a guard says of itself to machines: `@countersign/core/openapi`. */
export { type OpenApiSecurity, openapi } from "./openapi/openapi.ts";
export { type ResourceMetadata, resourceMetadata } from "./openapi/resource-metadata.ts";
