import type { CheckedBinding } from "../binding/presentation.ts";
import { presented } from "../guard/presented-token.ts";
import { createPrincipal, type Principal } from "../guard/principal.ts";
import { claimsMismatch } from "../guard/refusals.ts";
import { type Accepted, accepted, type Rejection, wrong } from "../guard/verdict.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { clientIdOf } from "./check-claims.ts";
import type { ClaimsIssue, ClaimsOf, ClaimsSchema } from "./claims-schema.ts";
import { copyDeep, freezeDeep } from "./deep.ts";
import { type ClaimReader, readNames } from "./read-claim.ts";

/** How a token's claims become a principal. */
export interface ReadingOptions<S extends ClaimsSchema = ClaimsSchema> {
  /** Where scopes stand. Default: `scope`, else `scp`. */
  readonly scopes?: ClaimReader;
  /** Where roles stand. Default: `roles`. */
  readonly roles?: ClaimReader;
  /** Where permissions stand. Default: `permissions`. */
  readonly permissions?: ClaimReader;
  /**
   * What the claims must look like, as a schema of zod, valibot, arktype or the like. It runs after all
   * other checks; what it gives is the principal's `claims`, in value and type. Members that it leaves
   * out are gone for `claim()`, and `acr` for `fresh({ acr })`.
   */
  readonly claims?: S;
}

/** A token that has passed every check. */
interface CheckedToken {
  readonly text: string;
  readonly claims: JsonObject;
  readonly issuer: string | undefined;
  readonly bound: CheckedBinding;
}

/**
 * Makes principals of checked tokens; refuses those whose claims are not as the schema wants them.
 *
 * @throws ConfigurationError when the schema is none
 */
export function principalReader<N extends string, S extends ClaimsSchema>(
  scheme: N,
  options: ReadingOptions<S>,
): (token: CheckedToken) => MaybePromise<Accepted<Principal<N, ClaimsOf<S>>> | Rejection> {
  const { scopes = readScopes, roles = "roles", permissions = "permissions" } = options;
  const schema = options.claims?.["~standard"];
  requireThat(
    options.claims === undefined || typeof schema?.validate === "function",
    "claims must be a Standard Schema, as zod 4, valibot 1 and arktype 2 make them.",
  );

  const toPrincipal = ({ text, claims, issuer, bound }: CheckedToken, typed: ClaimsOf<S>) => {
    const principal = createPrincipal<N, ClaimsOf<S>>({
      scheme,
      subject: claims.sub as string | undefined,
      clientId: clientIdOf(claims),
      issuer,
      scopes: readNames(claims, scopes),
      roles: readNames(claims, roles),
      permissions: readNames(claims, permissions),
      claims: freezeDeep(typed),
      expiresAt: claims.exp as number | undefined,
      authenticatedAt: toTime(claims.auth_time),
      binding: bound.binding,
    });
    presented.set(principal, text);
    return accepted(principal, bound.headers);
  };

  return (token) => {
    const claims = freezeDeep(token.claims);
    if (schema === undefined) return toPrincipal(token, claims);
    // A copy of its own: not every library leaves what it is given as it is, or can do with it frozen.
    return after(schema.validate(copyDeep(claims)), (result) => {
      if (result.issues === undefined && isObject(result.value)) {
        return toPrincipal(token, result.value);
      }
      return wrong(claimsMismatch, "claims as the schema has them", toPlaces(result.issues ?? []));
    });
  };
}

/** RFC 9068 §2.2.3 has `scope`; Entra ID and Okta write `scp`. */
function readScopes(claims: JsonObject): readonly string[] {
  return readNames(claims, claims.scope === undefined ? "scp" : "scope");
}

function toTime(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Where the issues are. What is wrong there may quote a claim's value. */
function toPlaces(issues: readonly ClaimsIssue[]): string {
  const places = issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === "object" ? part.key : part)).join("."),
  );
  return `others at ${places.filter((place) => place !== "").join(", ") || "the top"}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
