import { ConfigurationError } from "@countersign/core/wire";
import { requireText } from "../require-text.ts";

/** @throws ConfigurationError when there is no audience, or an empty one */
export function toAudience(audience: string | readonly string[]): readonly string[] {
  const all = typeof audience === "string" ? [audience] : [...(audience ?? [])];
  if (all.length === 0) {
    throw new ConfigurationError("audience is empty. Name the API that is to accept the tokens.");
  }
  return [...new Set(all.map((one) => requireText(one, "audience")))];
}
