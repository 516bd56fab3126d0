import { expect, test } from "vitest";
import { findCredential } from "../guard/find-credential.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Check, Scheme } from "../guard/scheme.ts";
import { guardOf } from "./planted.fixture.ts";

/** What is wrong with a request, in members that one maker of requests understands. */
export type Faults<F> = Readonly<Partial<Record<Check["reason"], F>>>;

/**
 * That a scheme checks in the order that it says: of a request with this fault and all later ones, this
 * one is told. Where two exclude each other, the earlier is made.
 */
export function inOrder<F extends object>(
  scheme: () => Scheme,
  faults: Faults<F>,
  make: (faults: F, guard: ReturnType<typeof guardOf>) => AuthRequest | Promise<AuthRequest>,
  unmakeable: readonly Check["reason"][] = [],
) {
  const order = Object.keys(faults) as Check["reason"][];
  for (const [at, check] of order.entries()) {
    test(check, async () => {
      const guard = guardOf(scheme());
      const later = order.slice(at).toReversed();
      const merged = later.reduce((all, each) => merge(all, faults[each] ?? {}), {}) as F;
      const verdict = await guard.check(await make(merged, guard));
      expect(verdict).toMatchObject({ reason: check });
    });
  }
  test("that is all that it says it checks", async () => {
    const guard = guardOf(scheme());
    const found = findCredential(guard.policy.schemes, await make({} as F, guard));
    if (!found || "kind" in found) throw new Error("there should be a credential");
    const checks = found.scheme.checks?.(found.attempt) ?? [];
    const said = checks.map(({ reason }) => reason);
    expect(said.filter((check) => !unmakeable.includes(check))).toEqual(order);
    expect(new Set(said).size).toBe(said.length);
  });
}

function merge(a: object, b: object): object {
  const merged: Record<string, unknown> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = merged[name];
    const areObjects = typeof before === "object" && typeof value === "object";
    merged[name] = areObjects ? { ...before, ...value } : value;
  }
  return merged;
}
