import { expectTypeOf, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { digest } from "./digest.ts";

const replays = createMemoryReplays();
const users = { find: () => undefined };
type In<G> = G extends Guard<infer P> ? P : never;

test("a digest names its user, and when they logged in", () => {
  const guard = createGuard({ realm: "orders", schemes: [digest({ users, replays })] });
  type P = In<typeof guard>;
  expectTypeOf<P["scheme"]>().toEqualTypeOf<"digest">();
  expectTypeOf<P["subject"]>().toEqualTypeOf<string>();
  expectTypeOf<P["authenticatedAt"]>().toEqualTypeOf<number>();
});

test("another name is the principal's scheme", () => {
  const guard = createGuard({
    realm: "orders",
    schemes: [digest({ users, replays, name: "legacy" })],
  });
  expectTypeOf<In<typeof guard>["scheme"]>().toEqualTypeOf<"legacy">();
});

test("what cannot be right is a compile error", () => {
  // @ts-expect-error: used nonce counts must be remembered somewhere
  expectTypeOf(() => digest({ users })).toBeFunction();
  // @ts-expect-error: no such algorithm
  expectTypeOf(() => digest({ users, replays, algorithms: ["SHA-1"] })).toBeFunction();
});
