import { describe, expect, test } from "vitest";
import { dpop as createDpop } from "../dpop/dpop.ts";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import { alter, requestOf } from "../guard/request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, sign } from "../token/signing.fixture.ts";
import { certificate, otherCertificate, thumbprint } from "./certificate.fixture.ts";
import { checkBinding } from "./check-binding.ts";

const dpop = createDpop({ replays: createMemoryReplays() });
const jkt = thumbprint;
const presented = (authScheme: "Bearer" | "DPoP", shown?: string) => ({
  token: "token",
  authScheme,
  request: alter(requestOf(), { certificate: shown }),
});

describe("checkBinding", () => {
  test("an unbound token as Bearer is bound to nothing, without waiting", () => {
    expect(
      checkBinding(undefined, presented("Bearer"), dpop, { now: 0, rehearsal: false }),
    ).toEqual({ binding: undefined });
    expect(
      checkBinding(undefined, presented("Bearer", certificate), undefined, {
        now: 0,
        rehearsal: false,
      }),
    ).toEqual({
      binding: undefined,
    });
  });

  test("a token bound to a certificate holds with it (RFC 8705 §3), DPoP configured or not", async () => {
    for (const each of [dpop, undefined]) {
      const cnf = { "x5t#S256": thumbprint };
      const checked = await checkBinding(cnf, presented("Bearer", certificate), each, {
        now: 0,
        rehearsal: false,
      });
      expect(checked).toEqual({ binding: { type: "certificate", thumbprint } });
    }
  });

  test.each([
    ["none", undefined, "no certificate"],
    ["another", otherCertificate, expect.stringMatching(/^[\w-]{43}$/)],
    ["one that is no PEM", "rubbish", "no PEM certificate"],
    ["an empty one", "", "no PEM certificate"],
    ["the thumbprint itself", thumbprint, "no PEM certificate"],
  ])("a token bound to a certificate is refused with %s", async (_name, shown, found) => {
    const cnf = { "x5t#S256": thumbprint };
    expect(
      await checkBinding(cnf, presented("Bearer", shown), undefined, { now: 0, rehearsal: false }),
    ).toMatchObject({
      reason: "certificate_mismatch",
      error: "invalid_token",
      details: { expected: thumbprint, found },
    });
  });

  test.each([
    null,
    "jkt",
    [],
    [jkt],
    {},
    { jkt: null },
    { jkt: 7 },
    { jkt: "" },
    { jkt: `${jkt}=` },
    { jkt: jkt.slice(1) },
    { jkt: [jkt] },
    { "x5t#S256": null },
    { "x5t#S256": "" },
    { x5t: thumbprint },
    { kid: "k1" },
    { jwk: { kty: "EC" } },
    { jku: "https://x.test" },
    { osc: {} },
    { jkt, "x5t#S256": thumbprint },
    { jkt, kid: "k1" },
  ])("cnf %j is refused as one that cannot be checked", async (cnf) => {
    for (const authScheme of ["Bearer", "DPoP"] as const) {
      for (const each of [dpop, undefined]) {
        const checked = await checkBinding(cnf, presented(authScheme, certificate), each, {
          now: 0,
          rehearsal: false,
        });
        expect(checked).toMatchObject({ reason: "binding_unsupported", error: "invalid_token" });
      }
    }
  });

  test("a token bound to a key is refused where DPoP is not configured", async () => {
    const checked = await checkBinding({ jkt }, presented("Bearer"), undefined, {
      now: 0,
      rehearsal: false,
    });
    expect(checked).toMatchObject({ reason: "binding_unsupported" });
  });

  test("a token bound to a key is refused as Bearer, whatever the certificate", async () => {
    const checked = await checkBinding({ jkt }, presented("Bearer", certificate), dpop, {
      now: 0,
      rehearsal: false,
    });
    expect(checked).toMatchObject({ reason: "dpop_required", error: "invalid_token" });
  });

  test("a token bound to a certificate, or to nothing, is refused as DPoP", async () => {
    for (const cnf of [undefined, { "x5t#S256": thumbprint }]) {
      const checked = await checkBinding(cnf, presented("DPoP", certificate), dpop, {
        now: 0,
        rehearsal: false,
      });
      expect(checked).toMatchObject({ reason: "dpop_unbound", error: "invalid_token" });
    }
  });
});

describe("certificate-bound JWTs", async () => {
  const key = await makeKey("ES256", "k1");
  const schemes = [jwt({ issuer, audience, jwks: { keys: [key.jwk] } })];
  const guard = createGuard({ realm: "orders", clock, schemes });
  const token = await sign(key, { cnf: { "x5t#S256": thumbprint } });
  const verdictOf = async (shown: string | undefined) => {
    const request = requestOf({ authorization: `Bearer ${token}` });
    return guard.check(alter(request, { certificate: shown }));
  };

  test("are let in with the certificate", async () => {
    const verdict = await verdictOf(certificate);
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    expect(verdict.principal.binding).toEqual({ type: "certificate", thumbprint });
  });

  test.each([undefined, otherCertificate])("and refused with another or none", async (shown) => {
    const verdict = await verdictOf(shown);
    if (verdict.kind === "accepted") throw new Error("let in");
    const { status, headers: fields } = toAnswer(verdict);
    expect([status, new Map(fields).get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="orders", error="invalid_token", error_description="The access token is bound to a certificate that this connection does not show"',
    ]);
    expect(verdict.reason).toBe("certificate_mismatch");
  });
});
