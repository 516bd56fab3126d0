import fc from "fast-check";
import { type JWTVerifyOptions, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  hmacKey,
  issuer,
  makeKey,
  now,
  outcomeOf,
  signRaw,
} from "./signing.fixture.ts";

const secret = crypto.getRandomValues(new Uint8Array(32));
const hs256 = await hmacKey("HS256", secret);
const keys = await Promise.all(
  (["RS256", "PS256", "ES256", "EdDSA"] as const).map((alg) => makeKey(alg, "k1")),
);

/** The same expectations, for jose. */
const expectations: JWTVerifyOptions = {
  issuer,
  audience,
  clockTolerance: 30,
  currentDate: new Date(clock.now()),
  requiredClaims: ["exp"],
};
const trust = { issuer, audience, clock };
/** Each engine has its turn: the tests of this folder run as Node does it and as all others do. */
const pairs = [
  {
    key: hs256,
    ours: createJwtVerifier({ ...trust, secret, algorithms: ["HS256"] }),
    theirs: (token: string) => jwtVerify(token, secret, { ...expectations, algorithms: ["HS256"] }),
  },
  ...keys.map((key) => ({
    key,
    ours: createJwtVerifier({ ...trust, jwks: { keys: [key.jwk] }, algorithms: [key.alg] }),
    theirs: (token: string) =>
      jwtVerify(token, key.publicKey, { ...expectations, algorithms: [key.alg] }),
  })),
];

const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...[null, "", 0, [], {}]));
const mostly = (...values: unknown[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: odd });
const time = fc.oneof(
  fc.integer({ min: now - 40, max: now + 40 }),
  fc.double({ min: now - 31, max: now + 31, noNaN: true }),
);
const times = fc.oneof({ weight: 6, arbitrary: time }, { weight: 1, arbitrary: odd });
const maybe = { requiredKeys: [] };

const headers = fc.record({ kid: mostly("k1"), typ: mostly("JWT", "at+jwt") }, maybe);
const claims = fc.record(
  {
    iss: mostly(issuer),
    aud: mostly(audience, [audience], ["x", audience]),
    exp: fc.oneof(mostly(now + 300), times),
    nbf: times,
    iat: times,
    sub: mostly("ada"),
    scope: odd,
  },
  { requiredKeys: ["iss", "aud", "exp"] },
);

/** Changes to the text of a token: whatever a careless or hostile hand may do to it. */
const character = fc.constantFrom(..."AQz09-_+/=. \n\t\0", "é");
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  by: character,
  kind: fc.constantFrom("insert", "replace", "delete", "cut", "twice"),
});
const mutations = fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: 3 }));

function mutate(token: string, changes: readonly { at: number; by: string; kind: string }[]) {
  return changes.reduce((text, { at, by, kind }) => {
    const place = Math.floor(at * text.length);
    const [before, after] = [text.slice(0, place), text.slice(place)];
    switch (kind) {
      case "insert":
        return before + by + after;
      case "replace":
        return before + by + after.slice(1);
      case "delete":
        return before + after.slice(1);
      case "cut":
        return before;
      default:
        return before + after + after;
    }
  }, token);
}

/** Tokens in all; `pnpm test:agreement` tries 200,000. */
const runs = Number(process.env.AGREEMENT_RUNS ?? 5000);

for (const { key, ours, theirs } of pairs) {
  test(
    `${key.alg}: whatever we accept, jose accepts`,
    async () => {
      let accepted = 0;
      let mutated = 0;
      await fc.assert(
        fc.asyncProperty(headers, claims, mutations, async (header, payload, changes) => {
          const signed = await signRaw(key, { alg: key.alg, ...header }, payload);
          const token = mutate(signed, changes);
          if (token !== signed) mutated += 1;
          const outcome = await outcomeOf(ours, token);
          // What is remembered of a token says the same of it.
          expect(await outcomeOf(ours, token)).toBe(outcome);
          if (outcome !== "accepted") return;
          accepted += 1;
          // To accept a changed text is to accept one of another spelling, or one nobody signed.
          expect(token).toBe(signed);
          await expect(theirs(token)).resolves.toBeDefined();
        }),
        { numRuns: runs / pairs.length },
      );
      // The property says something only if both kinds came up.
      expect(accepted).toBeGreaterThan(runs / pairs.length / 20);
      expect(mutated).toBeGreaterThan(runs / pairs.length / 4);
    },
    runs * 10,
  );
}

test("the signature of a good token, changed anywhere, holds no more", async () => {
  for (const { key, ours } of pairs) {
    const token = await signRaw(key, { alg: key.alg }, goodClaims);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), character, async (at, by) => {
        fc.pre(token[at] !== by);
        const changed = token.slice(0, at) + by + token.slice(at + 1);
        expect(await outcomeOf(ours, changed)).not.toBe("accepted");
      }),
      { numRuns: 1000 },
    );
  }
});

test("no text makes the verifier throw anything but a TokenError", async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(fc.oneof(character, fc.constantFrom("eyJhbGciOiJFUzI1NiJ9")), {
      maxLength: 30,
    }),
  );
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      const token = typeof parts === "string" ? parts : parts.join("");
      expect(await outcomeOf(pairs[0]?.ours as never, token)).not.toBe("accepted");
    }),
    { numRuns: 2000 },
  );
});
