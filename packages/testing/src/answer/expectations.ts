import { describeSeen, type Seen, see } from "./seen.ts";

/** What a 401 must say. */
export interface UnauthorizedExpectation {
  /** The OAuth error of one challenge, like `invalid_token`; `null`: none has one. */
  readonly error?: string | null;
  /** The auth-scheme of one challenge, in any case: `Bearer`, `Basic`, …. */
  readonly scheme?: string;
}

/** What a 403 must say. */
export interface ForbiddenExpectation {
  /** The scopes that are missing, separated by spaces, in any order; then `insufficient_scope` is there. */
  readonly scope?: string;
}

/** Whether something is as expected, and both in words. */
export interface Finding {
  readonly holds: boolean;
  readonly expected: string;
  readonly found: string;
}

/** Whether an answer is a 401 that says so much. A 401 without a challenge is none (RFC 9110 §15.5.2). */
export function findUnauthorized(
  answer: unknown,
  { error, scheme }: UnauthorizedExpectation = {},
): Finding {
  const seen = see(answer);
  const fits = seen.challenges.filter(
    (challenge) => scheme === undefined || isSame(challenge.scheme, scheme),
  );
  const says =
    error === null
      ? fits.every(({ params }) => params.error === undefined)
      : error === undefined || fits.some(({ params }) => params.error === error);
  const words = [
    "401 with",
    scheme ?? "a challenge",
    error === null ? "and no error" : error && `error="${error}"`,
  ];
  return {
    holds: seen.status === 401 && fits.length > 0 && says,
    ...describe(words.filter(Boolean).join(" "), seen),
  };
}

/** Whether an answer is a 403 that says so much. */
export function findForbidden(answer: unknown, { scope }: ForbiddenExpectation = {}): Finding {
  const seen = see(answer);
  const says = seen.challenges.some(
    ({ params }) => params.error === "insufficient_scope" && sameWords(params.scope, scope),
  );
  return {
    holds: seen.status === 403 && (scope === undefined || says),
    ...describe(scope === undefined ? "403" : `403 with insufficient_scope "${scope}"`, seen),
  };
}

/** Whether a principal, or anything with `scopes`, has all of these. */
export function findScopes(principal: unknown, scopes: readonly string[]): Finding {
  const held = (principal as { scopes?: unknown } | undefined)?.scopes;
  if (!Array.isArray(held)) throw new TypeError("This is no principal: it has no scopes.");
  return {
    holds: scopes.every((each) => held.includes(each)),
    expected: `the scopes ${scopes.join(" ")}`,
    found: held.length > 0 ? held.join(" ") : "none",
  };
}

function describe(expected: string, seen: Seen) {
  return { expected, found: describeSeen(seen) };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function sameWords(a = "", b = ""): boolean {
  return a.split(" ").sort().join(" ") === b.split(" ").sort().join(" ");
}
