/** Verifies tokens, forgets them, and tells what is left of them in the heap of this process. */
import { getHeapSnapshot } from "node:v8";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import { jwt } from "./jwt.ts";
import { audience, clock, issuer, makeKey, sign } from "./signing.fixture.ts";

const key = await makeKey("ES256", "k");
const guard = createGuard({
  clock,
  schemes: [jwt({ issuer, audience, jwks: { keys: [key.jwk] } })],
});

/** In a function of its own, so that nothing here holds on to the tokens. */
async function verifySome(): Promise<number> {
  let accepted = 0;
  for (let at = 0; at < 50; at++) {
    const token = await sign(key, { sub: `kept-subject-${at}`, jti: crypto.randomUUID() });
    const verdict = await guard.check(requestOf({ authorization: `Bearer ${token}` }));
    if (verdict.kind === "accepted") accepted += 1;
    // In pieces and backwards, so that the search does not find itself.
    const [, payload = "", signature = ""] = token.split(".");
    marks.push([...payload.slice(-20)].reverse(), [...signature.slice(-20)].reverse());
  }
  return accepted;
}

const marks: string[][] = [];
const accepted = await verifySome();
// The last text that was matched is kept by the runtime itself.
/x/.test("x");
globalThis.gc?.();

let heap = "";
for await (const chunk of getHeapSnapshot()) heap += chunk;
const count = (kind: number) =>
  marks.filter((mark, at) => at % 2 === kind && heap.includes(mark.toReversed().join(""))).length;
const found = { payloads: count(0), signatures: count(1) };
process.stdout.write(
  JSON.stringify({ accepted, kept: heap.includes("kept-subject-49"), ...found }),
);
