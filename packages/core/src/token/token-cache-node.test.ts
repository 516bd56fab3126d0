import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import { createMemoryRevocations } from "../state/revocations.ts";
import { jwt } from "./jwt.ts";
import { audience, clock, issuer, makeKey, sign } from "./signing.fixture.ts";

test("on Node a token is verified without waiting, and so is one that comes again", async () => {
  for (const alg of ["RS256", "PS256", "ES256", "EdDSA"] as const) {
    const key = await makeKey(alg, "k");
    const revocations = createMemoryRevocations({ clock });
    const schemes = [
      jwt({ issuer, audience, jwks: { keys: [key.jwk] }, algorithms: [alg], revocations }),
    ];
    const guard = createGuard({ clock, schemes });
    const token = await sign(key);
    for (let time = 0; time < 2; time++) {
      const verdict = guard.check(requestOf({ authorization: `Bearer ${token}` }));
      expect(verdict).toMatchObject({ kind: "accepted", principal: { subject: "ada" } });
    }
  }
});

test("nothing of a token's text is kept: the heap of a process that has verified some", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    "--conditions=@countersign/source",
    fileURLToPath(new URL("./token-cache-heap.fixture.ts", import.meta.url)),
  ]);
  // What is kept on purpose is found: the search works.
  expect(JSON.parse(stdout)).toEqual({ accepted: 50, kept: true, payloads: 0, signatures: 0 });
}, 60_000);
