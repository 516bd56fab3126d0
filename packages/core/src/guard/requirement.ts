import type { Principal } from "./principal.ts";
import type { Refusal } from "./refusal.ts";
import type { Demand, Details } from "./verdict.ts";

/** What a principal must have beyond being who it is. A value: build it once, use it anywhere. */
export interface Requirement {
  /**
   * What the principal lacks, or `undefined` when it is let in.
   *
   * @param now milliseconds since the epoch
   */
  test(principal: Principal, now: number): Shortfall | undefined;
  /** The same in words a machine can read, for OpenAPI and explanations. */
  readonly description: RequirementDescription;
}

/** What is missing. */
export interface Shortfall {
  /** One of `@countersign/core/refusals`. */
  readonly refusal: Refusal;
  readonly demand?: Demand;
  readonly details: Details;
}

/** A requirement as data. */
export type RequirementDescription =
  | { readonly kind: "scope" | "any-scope"; readonly scopes: readonly string[] }
  | { readonly kind: "role"; readonly roles: readonly string[] }
  | { readonly kind: "permission"; readonly permissions: readonly string[] }
  | { readonly kind: "claim"; readonly claim: string }
  | { readonly kind: "fresh"; readonly maxAge?: number; readonly acr?: readonly string[] }
  | { readonly kind: "all-of" | "any-of"; readonly of: readonly RequirementDescription[] };
