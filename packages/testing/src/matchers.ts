/** Expectations about refusals and principals: `@countersign/testing/matchers`. */
import {
  type Finding,
  type ForbiddenExpectation,
  findForbidden,
  findScopes,
  findUnauthorized,
  type UnauthorizedExpectation,
} from "./answer/expectations.ts";
import type { AnswerLike } from "./answer/seen.ts";

export type { ForbiddenExpectation, UnauthorizedExpectation } from "./answer/expectations.ts";
export type { AnswerLike } from "./answer/seen.ts";

/** The matchers as an `expect` has them that was extended by {@link matchers}. */
export interface CountersignMatchers<R = unknown> {
  /** The answer is a 401 with a challenge, and says so much. */
  toBeUnauthorized(expectation?: UnauthorizedExpectation): R;
  /** The answer is a 403, and says so much. */
  toBeForbidden(expectation?: ForbiddenExpectation): R;
  /** The principal has all of these scopes. */
  toHaveScopes(...scopes: readonly string[]): R;
}

/** What `expect.extend` of vitest and jest wants of a matcher. */
interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/**
 * Matchers for vitest and jest.
 *
 * @example
 * expect.extend(matchers);
 * expect(await app.request("/orders")).toBeUnauthorized({ scheme: "Bearer", error: null });
 */
export const matchers = {
  toBeUnauthorized: (answer: unknown, expectation?: UnauthorizedExpectation) =>
    toResult(findUnauthorized(answer, expectation)),
  toBeForbidden: (answer: unknown, expectation?: ForbiddenExpectation) =>
    toResult(findForbidden(answer, expectation)),
  toHaveScopes: (principal: unknown, ...scopes: readonly string[]) =>
    toResult(findScopes(principal, scopes)),
};

function toResult({ holds, expected, found }: Finding): MatcherResult {
  const not = holds ? "not " : "";
  return { pass: holds, message: () => `Expected ${not}${expected}\nFound ${found}` };
}

/**
 * For node:test and all others: throws unless the answer is a 401 with a challenge that says so much.
 *
 * @throws Error with what was expected and what was found
 * @example
 * assertUnauthorized(await app.inject("/orders"), { error: "invalid_token" });
 */
export function assertUnauthorized(
  answer: AnswerLike,
  expectation?: UnauthorizedExpectation,
): void {
  assertFinding(findUnauthorized(answer, expectation));
}

/**
 * Throws unless the answer is a 403 that says so much.
 *
 * @throws Error with what was expected and what was found
 * @example
 * assertForbidden(await app.inject("/orders"), { scope: "orders:write" });
 */
export function assertForbidden(answer: AnswerLike, expectation?: ForbiddenExpectation): void {
  assertFinding(findForbidden(answer, expectation));
}

/**
 * Throws unless a principal has all of these scopes.
 *
 * @throws Error with what was expected and what was found
 * @example
 * assertScopes(getPrincipal(guard, request), "orders:read");
 */
export function assertScopes(
  principal: { readonly scopes: readonly string[] },
  ...scopes: readonly string[]
): void {
  assertFinding(findScopes(principal, scopes));
}

function assertFinding({ holds, expected, found }: Finding): void {
  if (!holds) throw new Error(`Expected ${expected}\nFound ${found}`);
}
