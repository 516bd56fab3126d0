import { claimMissing } from "../guard/refusals.ts";
import type { Requirement } from "../guard/requirement.ts";

/**
 * A claim of the credential that passes a test. A claim that is absent does not.
 *
 * @example
 * protect(guard, claim("tenant", (tenant) => tenant === "acme"));
 */
export function claim(name: string, test: (value: unknown) => boolean): Requirement {
  return {
    description: { kind: "claim", claim: name },
    test: ({ claims }) => {
      const value = Object.hasOwn(claims, name) ? Reflect.get(claims, name) : undefined;
      if (value !== undefined && passes(test, value)) return undefined;
      return {
        refusal: claimMissing,
        details: { expected: `claim "${name}" that passes its test`, found: typeof value },
      };
    },
  };
}

/** A test that breaks on a value it did not expect has not been passed. */
function passes(test: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return test(value) === true;
  } catch {
    return false;
  }
}
