import { expect, test, vi } from "vitest";
import type { Binding } from "../guard/principal.ts";
import { dpopProofMissing } from "../guard/refusals.ts";
import { requestOf } from "../guard/request.fixture.ts";
import { wrong } from "../guard/verdict.ts";
import { checkBoundToken } from "./bound-token.ts";

const headers = [["dpop-nonce", "n"]] as const;
const toKey: Binding = { type: "dpop", thumbprint: "t".repeat(43) };
const toCertificate: Binding = { type: "certificate", thumbprint: "t".repeat(43) };
const sent = { token: "token", request: requestOf(), now: 1, rehearsal: true } as const;

test("a token that is bound to a key holds with its proof, whose fields go with the answer", async () => {
  const prove = vi.fn(async () => ({ headers }));
  const checked = await checkBoundToken({ ...sent, authScheme: "DPoP", binding: toKey }, prove);
  expect(checked).toEqual({ binding: toKey, headers });
  expect(prove.mock.calls).toEqual([[{ ...sent, thumbprint: toKey.thumbprint }]]);
});

test("and is refused for what is wrong with the proof", async () => {
  const refusal = wrong(dpopProofMissing, "a DPoP field", "none");
  const token = { ...sent, authScheme: "DPoP", binding: toKey } as const;
  expect(await checkBoundToken(token, async () => refusal)).toEqual(refusal);
});

test("what is sent otherwise than it is bound is refused, and no proof looked at", () => {
  const prove = vi.fn();
  const check = (authScheme: "Bearer" | "DPoP", binding: Binding | undefined) =>
    checkBoundToken({ ...sent, authScheme, binding }, prove);
  expect(check("Bearer", toKey)).toMatchObject({ reason: "dpop_required" });
  expect(check("DPoP", undefined)).toMatchObject({
    reason: "dpop_unbound",
    details: { found: "no cnf" },
  });
  expect(check("DPoP", toCertificate)).toMatchObject({
    reason: "dpop_unbound",
    details: { found: "cnf with x5t#S256" },
  });
  expect(check("Bearer", undefined)).toBeUndefined();
  expect(check("Bearer", toCertificate)).toBeUndefined();
  expect(prove).not.toHaveBeenCalled();
});
