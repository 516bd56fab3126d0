import { describe, expect, test } from "vitest";
import { certificate, otherCertificate, thumbprint } from "../binding/certificate.fixture.ts";
import { dpop } from "../dpop/dpop.ts";
import { clientKey, makeProof, outcomeOf, requestOf } from "../dpop/proof.fixture.ts";
import { alter } from "../guard/request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { clock, makeKey } from "../token/signing.fixture.ts";
import { jwkThumbprint, type PublicJwk } from "../wire/jwk-thumbprint.ts";
import { bearing, endpointThat, goodAnswer, guardOf } from "./introspection.fixture.ts";

const token = "2YotnFZFEjr1zCsicMWpAA";
const jkt = await jwkThumbprint(clientKey.jwk as PublicJwk);
const bound = { ...goodAnswer, token_type: "DPoP", cnf: { jkt } };
const withDpop = () => ({ dpop: dpop({ replays: createMemoryReplays({ clock }) }) });

describe("a bound token is never treated as an unbound one", () => {
  const rows: [what: string, answer: object, reason: string][] = [
    ["to a key, without dpop in the options", { cnf: { jkt } }, "binding_unsupported"],
    ["to nothing that is named", { cnf: {} }, "binding_unsupported"],
    ["to null", { cnf: null }, "binding_unsupported"],
    ["to text", { cnf: jkt }, "binding_unsupported"],
    ["in a way nobody knows", { cnf: { kid: "k" } }, "binding_unsupported"],
    ["to a certificate, without one", { cnf: { "x5t#S256": thumbprint } }, "certificate_mismatch"],
    ["by its type alone", { token_type: "DPoP", cnf: undefined }, "binding_unsupported"],
    ["by its type alone, in lower case", { token_type: "dpop" }, "binding_unsupported"],
  ];
  for (const [what, change, reason] of rows) {
    test(what, async () => {
      const { fetch } = endpointThat({ ...goodAnswer, ...change });
      const verdict = await guardOf(fetch).check(bearing(token));
      expect(verdict).toMatchObject({ kind: "rejected", status: 401, reason });
    });
  }
});

describe("DPoP (RFC 9449 §6.2)", () => {
  test("a bound token with a proof of its key is taken, again and again with new proofs", async () => {
    const { fetch, questions } = endpointThat(bound);
    const guard = guardOf(fetch, withDpop());
    for (const _ of [1, 2]) {
      const verdict = await guard.check(requestOf(guard, token, await makeProof(token)));
      expect(verdict).toMatchObject({ principal: { binding: { type: "dpop", thumbprint: jkt } } });
    }
    expect(questions.length).toBe(1);
  });

  test("as Bearer, without a proof, with another's, or with a used one, it is not", async () => {
    const { fetch } = endpointThat(bound);
    const guard = guardOf(fetch, withDpop());
    const used = await makeProof(token);
    await guard.check(requestOf(guard, token, used));
    const stolen = await makeProof(token, { key: await makeKey("ES256") });
    for (const [request, reason] of [
      [requestOf(guard, token, await makeProof(token), { scheme: "Bearer" }), "dpop_required"],
      [requestOf(guard, token), "dpop_proof_missing"],
      [requestOf(guard, token, stolen), "dpop_key_mismatch"],
      [requestOf(guard, token, used), "dpop_proof_replayed"],
      [requestOf(guard, token, await makeProof("other")), "dpop_token_mismatch"],
    ] as const) {
      expect(await outcomeOf(guard, request)).toMatchObject({ status: 401, reason });
    }
  });

  test("an unbound token is not taken as DPoP", async () => {
    const { fetch } = endpointThat(goodAnswer);
    const guard = guardOf(fetch, withDpop());
    const request = requestOf(guard, token, await makeProof(token));
    expect(await outcomeOf(guard, request)).toMatchObject({ reason: "dpop_unbound" });
  });

  test("challenges offer it", async () => {
    const { fetch } = endpointThat({ active: false });
    const guard = guardOf(fetch, withDpop());
    const request = requestOf(guard, token, await makeProof(token));
    const { challenge } = await outcomeOf(guard, request);
    expect(challenge).toMatch(/^DPoP algs="[^"]+", error="invalid_token".*, Bearer$/);
  });

  test("what cannot be a token is refused as DPoP", async () => {
    const { fetch, questions } = endpointThat(bound);
    const guard = guardOf(fetch, withDpop());
    const outcome = await outcomeOf(guard, requestOf(guard, "a b"));
    expect(outcome).toMatchObject({ status: 401, reason: "token_malformed" });
    expect(outcome.challenge).toMatch(/^DPoP /);
    expect(questions).toEqual([]);
  });
});

test("a token bound to a certificate is taken from who shows it (RFC 8705 §3.2)", async () => {
  const { fetch } = endpointThat({ ...goodAnswer, cnf: { "x5t#S256": thumbprint } });
  const guard = guardOf(fetch);
  const over = (certificate: string) => alter(bearing(token), { certificate });
  expect(await guard.check(over(certificate))).toMatchObject({
    principal: { binding: { type: "certificate", thumbprint } },
  });
  expect(await guard.check(over(otherCertificate))).toMatchObject({
    reason: "certificate_mismatch",
  });
});
