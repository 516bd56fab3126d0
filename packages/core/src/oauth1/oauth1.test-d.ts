import { expectTypeOf, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { oauth1 } from "./oauth1.ts";

const replays = createMemoryReplays();
const consumers = { find: () => ({ subject: "printer", secret: "s" }) };
type In<G> = G extends Guard<infer P> ? P : never;

test("a signed request names its subject and its consumer", () => {
  const guard = createGuard({
    publicUrl: "https://api.example.com",
    schemes: [oauth1({ consumers, replays }), oauth1({ consumers, replays, name: "partners" })],
  });
  type P = In<typeof guard>;
  expectTypeOf<P["scheme"]>().toEqualTypeOf<"oauth1" | "partners">();
  expectTypeOf<P["subject"]>().toEqualTypeOf<string>();
  expectTypeOf<P["clientId"]>().toEqualTypeOf<string>();
});

test("what cannot be right is a compile error", () => {
  // @ts-expect-error: used nonces must be remembered somewhere
  expectTypeOf(() => oauth1({ consumers })).toBeFunction();
  // @ts-expect-error: no such method
  expectTypeOf(() => oauth1({ consumers, replays, signatureMethods: ["MD5"] })).toBeFunction();
  const unkeyed = { find: () => ({ subject: "printer" }) };
  // @ts-expect-error: a consumer has a secret or a key
  expectTypeOf(() => oauth1({ consumers: unkeyed, replays })).toBeFunction();
});
