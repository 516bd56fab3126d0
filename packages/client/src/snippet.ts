/** Code for other people's tools: `@countersign/client/snippet`. */
export type {
  ClientDescription,
  CredentialDescription,
  SnippetTarget,
} from "./snippet/description.ts";
export { toSnippet } from "./snippet/to-snippet.ts";
