/** Verifies so many distinct tokens, and reports the heap's megabytes after every tenth of them. */
import { createJwtVerifier } from "@countersign/core";
import { audience, createMinter, issuer } from "./tokens.ts";

const tokens = Number(process.argv[2]);
const minter = createMinter("HS256");
const verifier = createJwtVerifier({ issuer, audience, secret: minter.key as Buffer });
const heaps: number[] = [];
for (let at = 1; at <= tokens; at++) {
  await verifier.verify(minter.mint());
  if (at % (tokens / 10) !== 0) continue;
  globalThis.gc?.();
  heaps.push(process.memoryUsage().heapUsed / 1e6);
}
process.send?.(heaps);
