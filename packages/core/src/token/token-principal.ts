import type { CheckedBinding } from "../binding/presentation.ts";
import type { Principal } from "../guard/principal.ts";
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

/** What a token says, whoever presents it. Frozen, all the way down. */
export interface TokenFacts {
  readonly claims: JsonObject;
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly expiresAt: number | undefined;
  readonly authenticatedAt: number | undefined;
  /** What it is bound to (`cnf`, RFC 7800 §3), which whoever presents it has to show. */
  readonly confirmation: unknown;
}

/** A token that has passed every check. */
interface CheckedToken {
  readonly facts: TokenFacts;
  readonly issuer: string | undefined;
  readonly bound: CheckedBinding;
}

/** Reads tokens, and makes principals of those that have passed every check. */
interface PrincipalReader<N extends string, C extends object> {
  /** May be remembered as long as the claims are. */
  readFacts(claims: JsonObject): TokenFacts;
  /** Refuses a token whose claims are not as the schema wants them. */
  toPrincipal(token: CheckedToken): MaybePromise<Accepted<Principal<N, C>> | Rejection>;
}

/** @throws ConfigurationError when the schema is none */
export function principalReader<N extends string, S extends ClaimsSchema>(
  scheme: N,
  options: ReadingOptions<S>,
): PrincipalReader<N, ClaimsOf<S>> {
  const { scopes = readScopes, roles = "roles", permissions = "permissions" } = options;
  const schema = options.claims?.["~standard"];
  requireThat(
    options.claims === undefined || typeof schema?.validate === "function",
    "claims must be a Standard Schema, as zod 4, valibot 1 and arktype 2 make them.",
  );

  const accept = ({ facts, issuer, bound }: CheckedToken, claims: ClaimsOf<S>) => {
    const principal: Principal<N, ClaimsOf<S>> = Object.freeze({
      scheme,
      subject: facts.subject,
      clientId: facts.clientId,
      issuer,
      scopes: facts.scopes,
      roles: facts.roles,
      permissions: facts.permissions,
      claims,
      expiresAt: facts.expiresAt,
      authenticatedAt: facts.authenticatedAt,
      binding: bound.binding,
    });
    return accepted(principal, bound.headers);
  };

  return {
    readFacts: (claims) =>
      freezeDeep({
        claims,
        issuer: claims.iss as string | undefined,
        subject: claims.sub as string | undefined,
        clientId: clientIdOf(claims),
        scopes: readNames(claims, scopes),
        roles: readNames(claims, roles),
        permissions: readNames(claims, permissions),
        expiresAt: claims.exp as number | undefined,
        authenticatedAt: toTime(claims.auth_time),
        confirmation: claims.cnf,
      }),
    toPrincipal(token) {
      const { claims } = token.facts;
      if (schema === undefined) return accept(token, claims as ClaimsOf<S>);
      // A copy of its own: not every library leaves what it is given as it is, or can do with it frozen.
      return after(schema.validate(copyDeep(claims)), (result) => {
        if (result.issues === undefined && isObject(result.value)) {
          return accept(token, freezeDeep(result.value));
        }
        const places = toPlaces(result.issues ?? []);
        return wrong(claimsMismatch, "claims as the schema has them", places);
      });
    },
  };
}

/** RFC 9068 §2.2.3 has `scope`; Entra ID and Okta write `scp`. */
function readScopes(claims: JsonObject): readonly string[] {
  return readNames(claims, claims.scope === undefined ? "scp" : "scope");
}

function toTime(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined;
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
