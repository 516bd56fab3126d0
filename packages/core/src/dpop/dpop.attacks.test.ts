/** What proofs are for, and how tokens are sent with them (RFC 9449 §4.3, §7, §8). */
import { describe, expect, test } from "vitest";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import { alter } from "../guard/request.fixture.ts";
import { makeKey, now, sign } from "../token/signing.fixture.ts";
import { encodeBase64Url } from "../wire/base64url.ts";
import {
  amongGood,
  boundToken,
  clientKey,
  guardOf,
  issuerKey,
  makeProof,
  outcomeOf,
  refusedProof,
  requestOf,
  token,
} from "./proof.fixture.ts";

const rsaKey = await makeKey("PS256");
const badSignature = refusedProof(
  "dpop_signature_invalid",
  "The signature of the DPoP proof does not hold",
);

const controls: [string, (guard: Guard<Principal>) => Promise<ReturnType<typeof requestOf>>][] = [
  ["a correct proof", async (guard) => requestOf(guard, token, await makeProof(token))],
  [
    "extra claims and header members",
    async (guard) => {
      const changes = {
        claims: { htx: 1, nonce: "unasked" },
        header: { kid: "k", jku: "https://x" },
      };
      return requestOf(guard, token, await makeProof(token, changes));
    },
  ],
  [
    "a URL with query and fragment, and a proof without",
    async (guard) =>
      requestOf(guard, token, await makeProof(token), { path: "/orders?page=2#top" }),
  ],
  [
    "a proof with query and fragment, and a URL without",
    async (guard) => {
      const htu = "HTTPS://API.example.com:443/orders?page=2#top";
      return requestOf(guard, token, await makeProof(token, { claims: { htu } }));
    },
  ],
  [
    "iat ten seconds ago",
    async (guard) => requestOf(guard, token, await makeProof(token, { claims: { iat: now - 10 } })),
  ],
  [
    "iat in ten seconds",
    async (guard) => requestOf(guard, token, await makeProof(token, { claims: { iat: now + 10 } })),
  ],
  [
    "the same jti for another URL",
    async (guard) => {
      const jti = "once";
      await guard.check(requestOf(guard, token, await makeProof(token, { claims: { jti } })));
      const htu = "https://api.example.com/invoices";
      const proof = await makeProof(token, { claims: { jti, htu } });
      return requestOf(guard, token, proof, { path: "/invoices" });
    },
  ],
  [
    "another method",
    async (guard) => {
      const proof = await makeProof(token, { claims: { htm: "DELETE" } });
      return requestOf(guard, token, proof, { method: "DELETE" });
    },
  ],
  [
    "the scheme in another case",
    async (guard) => requestOf(guard, token, await makeProof(token), { scheme: "dpop" }),
  ],
  [
    "an RSA key",
    async (guard) => {
      const bound = await boundToken(rsaKey);
      return requestOf(guard, bound, await makeProof(bound, { key: rsaKey }));
    },
  ],
];

describe("[A] is let in:", () => {
  test.each(controls)("%s", async (_name, request) => {
    const guard = guardOf();
    expect(await outcomeOf(guard, await request(guard))).toEqual({ status: 200 });
  });

  test("an unbound token as Bearer, with or without a proof beside it", async () => {
    const guard = guardOf();
    const unbound = await sign(issuerKey);
    for (const proofs of [[], [await makeProof(unbound)], ["rubbish"]]) {
      const request = requestOf(guard, unbound, proofs, { scheme: "Bearer" });
      expect(await outcomeOf(guard, request)).toEqual({ status: 200 });
    }
  });
});

describe("what a proof is for", () => {
  test("a signature that does not hold", async () => {
    const proof = await makeProof(token);
    const [header = "", claims = "", signature = ""] = proof.split(".");
    const flipped = signature.startsWith("A") ? "B" : "A";
    expect(await amongGood(`${header}.${claims}.${flipped}${signature.slice(1)}`)).toEqual(
      badSignature,
    );
    expect(await amongGood(`${header}.${claims}.`)).toEqual(badSignature);
    expect(await amongGood(`${header}.${claims}.${encodeBase64Url(new Uint8Array(64))}`)).toEqual(
      badSignature,
    );
    const other = (await makeProof(token)).split(".")[1];
    expect(await amongGood(`${header}.${other}.${signature}`)).toEqual(badSignature);
  });

  test("a point that is not on the curve", async () => {
    const key = { ...clientKey, jwk: { ...clientKey.jwk, y: clientKey.jwk.x } };
    const bound = await boundToken(key as never);
    const proof = await makeProof(bound, { key: key as never });
    expect(await amongGood(proof, {}, bound)).toEqual(badSignature);
  });

  test("an ath that is none", async () => {
    expect(await amongGood(await makeProof(token, { claims: { ath: "wrong" } }))).toEqual(
      wrongToken,
    );
  });

  test("the ath of another token of the same key", async () => {
    const other = await boundToken();
    expect(other).not.toBe(token);
    expect(await amongGood(await makeProof(other))).toEqual(wrongToken);
  });

  const wrongToken = refusedProof(
    "dpop_token_mismatch",
    "The DPoP proof was made for another access token",
  );
  const wrongMethod = refusedProof(
    "dpop_method_mismatch",
    "The DPoP proof was made for another method",
  );
  const wrongUrl = refusedProof("dpop_url_mismatch", "The DPoP proof was made for another URL");

  test.each(["POST", "get", "HEAD", "GET "])("htm %j on a GET", async (htm) => {
    expect(await amongGood(await makeProof(token, { claims: { htm } }))).toEqual(wrongMethod);
  });

  test("a proof of a GET on a DELETE", async () => {
    expect(await amongGood(await makeProof(token), { method: "DELETE" })).toEqual(wrongMethod);
  });

  test.each([
    "https://api.example.com/invoices",
    "https://api.example.com/orders/",
    "https://api.example.com/",
    "https://other.example.com/orders",
    "https://api.example.com.evil.test/orders",
    "http://api.example.com/orders",
    "https://api.example.com:8443/orders",
    "https://ada@api.example.com/orders",
    "/orders",
    "orders",
    "https://api.example.com\\orders",
  ])("htu %j", async (htu) => {
    expect(await amongGood(await makeProof(token, { claims: { htu } }))).toEqual(wrongUrl);
  });

  test("a request without an absolute URL, and a proof that has the same", async () => {
    const guard = guardOf();
    for (const url of ["/orders", "", "file:///orders"]) {
      const proof = await makeProof(token, { claims: { htu: url || "orders" } });
      const request = alter(requestOf(guard, token, proof), { url });
      expect(await outcomeOf(guard, request)).toEqual(wrongUrl);
    }
  });

  const untimely = refusedProof(
    "dpop_proof_untimely",
    "The DPoP proof is too old, or made in the future",
  );
  test.each([
    now - 3600,
    now + 3600,
    now - 61,
    now - 60.5,
    now + 16,
    now + 15.5,
    0,
    -1,
    now * 1000,
  ])("iat %d", async (iat) => {
    expect(await amongGood(await makeProof(token, { claims: { iat } }))).toEqual(untimely);
  });

  test.each([now - 60, now + 15])("[A] iat %d, at the edge", async (iat) => {
    const guard = guardOf();
    const request = requestOf(guard, token, await makeProof(token, { claims: { iat } }));
    expect(await outcomeOf(guard, request)).toEqual({ status: 200 });
  });
});

describe("presentations", () => {
  const explained = (error: string, description: string) =>
    `error="${error}", error_description="${description}"`;

  test("a bound token without a proof", async () => {
    expect(await amongGood([])).toEqual(
      refusedProof(
        "dpop_proof_missing",
        "The access token needs a DPoP proof, which the request does not carry",
      ),
    );
  });

  test("a bound token as Bearer, with or without a proof", async () => {
    const why = "The access token is bound to a key; send it as DPoP, with a proof";
    for (const proofs of [[], [await makeProof(token)]]) {
      expect(await amongGood(proofs, { scheme: "Bearer" })).toEqual({
        status: 401,
        reason: "dpop_required",
        challenge: `Bearer realm="orders", ${explained("invalid_token", why)}, DPoP realm="orders", algs="ES256 PS256"`,
      });
    }
  });

  test("an unbound token as DPoP, with or without a proof", async () => {
    const unbound = await sign(issuerKey);
    const why = "The access token is not bound to a key for DPoP";
    for (const proofs of [[], [await makeProof(unbound)]]) {
      expect(await amongGood(proofs, {}, unbound)).toEqual(
        refusedProof("dpop_unbound", why, "invalid_token"),
      );
    }
  });

  test("a token that is bad is refused for that, whatever the proof", async () => {
    const expired = await boundToken(clientKey, { exp: now - 60 });
    const why = refusedProof("token_expired", "The access token has expired", "invalid_token");
    expect(await amongGood("rubbish", {}, expired)).toEqual(why);
    expect(await amongGood(await makeProof(expired), {}, expired)).toEqual(why);
  });

  test("no JWT under DPoP, and no token at all", async () => {
    const why = "The access token is malformed";
    const unreadable = refusedProof("token_malformed", why, "invalid_token");
    expect(await amongGood(await makeProof(token), {}, "opaque")).toEqual(unreadable);
    expect(await amongGood(await makeProof(token), {}, "")).toEqual(unreadable);
  });
});
