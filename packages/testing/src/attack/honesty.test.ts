/** Servers that each lack one check: whether the report names what they lack, and nothing else. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import {
  type AttackIssuer,
  type AttackOptions,
  attack,
  createAttackIssuer,
  type Grade,
  type Send,
} from "../attack.ts";
import {
  createServer,
  doors,
  flawed,
  publicUrl,
  refusing,
  rememberingByJti,
  without,
} from "./careless-server.fixture.ts";
import {
  believing,
  fetchingForEachKid,
  followingJku,
  ignoringBinding,
  isSignedByPublicPem,
  now,
  overlooking,
  overlookingInProof,
  piecesOf,
  readingLaxly,
  tokenOf,
  verifiedBy,
} from "./flaws.fixture.ts";

const kidOf = (request: Request) => piecesOf(tokenOf(request))?.header.kid;
const challenge = { "www-authenticate": "Bearer" };

interface Trial {
  readonly start: (issuer: AttackIssuer) => Send;
  readonly grade: Grade;
  /** What the report must name; where one is given as a pattern, more of it than three. */
  readonly names: readonly string[] | RegExp;
  /** What else may be found, since one flaw is more than one thing. */
  readonly besides?: RegExp;
  readonly options?: AttackOptions;
}

const trials: Readonly<Record<string, Trial>> = {
  "no signature checked": {
    start: flawed(believing(() => true)),
    grade: "hole",
    names: /^(es256-|rs256-|alg-|signature-|payload-swapped|hs256-|embedded|key-)/,
    besides: /./,
  },
  "none taken as an algorithm": {
    start: flawed(believing(({ header }) => String(header.alg).toLowerCase() === "none")),
    grade: "hole",
    names: [
      ...["alg-none", "alg-none-capital", "alg-none-upper", "alg-none-mixed"],
      "alg-none-with-signature",
    ],
  },
  "HS256 by the public key": {
    start: flawed(believing((pieces, token) => isSignedByPublicPem(token, pieces))),
    grade: "hole",
    names: ["hs256-with-public-spki-pem", "hs256-after-good-rs256"],
  },
  "no audience checked": {
    start: flawed(
      overlooking(({ claims }, { audience }) =>
        [claims.aud].flat().includes(audience)
          ? undefined
          : { claims: { ...claims, aud: audience } },
      ),
    ),
    grade: "hole",
    names: ["aud-absent", "aud-foreign", "aud-longer", "aud-prefix", "aud-empty-array"],
    besides: /^aud-of-arrays$/,
  },
  "no expiry checked": {
    start: flawed(
      overlooking(({ claims }) =>
        typeof claims.exp === "number" && claims.exp < now()
          ? { claims: { ...claims, exp: now() + 60 } }
          : undefined,
      ),
    ),
    grade: "hole",
    names: ["exp-an-hour-past", "expired-after-good-of-same-subject"],
    besides: /^exp-(past|at-end-of-tolerance|minus-1e400)$/,
  },
  "no nbf checked": {
    start: flawed(
      overlooking(({ claims }) =>
        typeof claims.nbf === "number" ? { claims: { ...claims, nbf: undefined } } : undefined,
      ),
    ),
    grade: "hole",
    names: ["nbf-in-an-hour"],
    besides: /^nbf-future$/,
  },
  "an issuer that begins like the right one": {
    start: flawed(
      overlooking(({ claims }, { url }) =>
        String(claims.iss).startsWith(url) && claims.iss !== url
          ? { claims: { ...claims, iss: url } }
          : undefined,
      ),
    ),
    grade: "hole",
    names: ["iss-longer", "iss-with-slash"],
    besides: /^iss-array$/,
  },
  "crit ignored": {
    start: flawed(
      overlooking(({ header, claims }) => {
        if (!("crit" in header)) return undefined;
        const { crit: _crit, b64: _b64, ...rest } = header;
        return { header: rest, claims };
      }),
    ),
    grade: "hole",
    names: ["crit-unknown", "b64-false"],
    besides: /^crit-(empty|names-alg)$/,
  },
  "no typ checked": {
    start: flawed(
      overlooking(({ header, claims }) =>
        typeof header.typ === "string" && !/at\+jwt/i.test(header.typ) ? { claims } : undefined,
      ),
    ),
    grade: "lax",
    names: /^typ-/,
  },
  "ID tokens taken": {
    start: flawed(
      overlooking(({ claims }) => {
        const { nonce, at_hash, token_use, typ, ...rest } = claims;
        return nonce || at_hash || token_use === "id" || typ === "ID"
          ? { claims: rest }
          : undefined;
      }),
    ),
    grade: "lax",
    names: ["id-token-by-token-use", "id-token-by-nonce", "id-token-by-at-hash", "id-token-by-typ"],
  },
  "an embedded key believed": {
    start: flawed(believing(({ header }, token) => verifiedBy(token, header.jwk))),
    grade: "hole",
    names: ["embedded-jwk", "embedded-jwk-under-known-kid"],
  },
  "jku followed": {
    start: flawed(followingJku),
    grade: "hole",
    names: ["key-behind-jku", "key-behind-jku-under-known-kid"],
  },
  "proofs taken twice": {
    start: without({ replays: true }),
    grade: "hole",
    names: ["proof-replayed", "proof-replayed-at-once"],
  },
  "no ath checked": {
    start: flawed(
      overlookingInProof(({ ath }, request) =>
        ath === undefined
          ? undefined
          : { ath: createHash("sha256").update(tokenOf(request)).digest("base64url") },
      ),
    ),
    grade: "hole",
    names: ["proof-wrong-ath"],
    besides: /^proof-(bad-signature|unsigned|rsa|by-another|replayed)/,
  },
  "no htu checked": {
    start: flawed(
      overlookingInProof(({ htu }, { url }) =>
        htu !== undefined && htu !== url && htu !== `${url}?page=2#top` ? { htu: url } : undefined,
      ),
    ),
    grade: "hole",
    names: ["proof-other-url", "proof-other-host", "proof-over-other-scheme"],
  },
  "bound tokens taken as bearer": {
    start: flawed(ignoringBinding),
    grade: "hole",
    names: [
      ...["bound-token-as-bearer", "bound-token-as-bearer-with-proof"],
      "bound-token-where-dpop-is-not-taken",
    ],
    besides: /^duplicate-nested$/,
  },
  "no nonce asked for": {
    start: without({ nonces: true }),
    grade: "hole",
    names: ["nonce-absent", "nonce-bad"],
  },
  "keys fetched for each unknown kid": {
    start: flawed(fetchingForEachKid),
    grade: "hole",
    names: ["random-kids"],
  },
  "members named twice": {
    start: flawed(
      overlooking(({ claims, text }) =>
        /^\{"iss/.test(text) && JSON.stringify(claims) !== text ? { claims } : undefined,
      ),
    ),
    grade: "lax",
    names: ["duplicate-claim", "duplicate-escaped", "duplicate-in-array"],
    besides: /^(duplicate-nested|utf8-invalid|byte-order-mark)$/,
  },
  "base64url read laxly": {
    start: flawed(readingLaxly),
    grade: "lax",
    names: ["space-in-signature", "padding", "base64-characters", "stray-bits"],
  },
  "verified tokens remembered by jti": {
    start: rememberingByJti,
    grade: "hole",
    names: [
      ...["good-subject-bob", "good-subject-bob-again", "two-subjects-at-once"],
      ...["signature-changed-after-good", "expired-after-good-of-same-subject"],
    ],
    besides: /^proof-replayed$/,
  },
  "500 for an odd kid": {
    start: (issuer) =>
      refusing(issuer, (request) =>
        /[,|]/.test(String(kidOf(request))) ? new Response(null, { status: 500 }) : undefined,
      ),
    grade: "crash",
    names: ["kid-pipe", "kid-comma"],
  },
  "the token told in the answer": {
    start: (issuer) =>
      refusing(issuer, (request) => {
        const body = `Not a good token: ${tokenOf(request)}`;
        return new Response(body, { status: 401, headers: challenge });
      }),
    grade: "leak",
    names: /./,
    besides: /./,
    options: { groups: ["claims"] },
  },
  "no answer to an unknown algorithm": {
    start: (issuer) => {
      const careful = createServer(issuer);
      return (request) =>
        piecesOf(tokenOf(request))?.header.alg === "XX256"
          ? new Promise<Response>(() => {})
          : careful(request);
    },
    grade: "crash",
    names: ["alg-unknown"],
    options: { timeLimit: 300 },
  },
  "everybody refused": {
    start: () => () => new Response(null, { status: 401, headers: challenge }),
    grade: "refused-control",
    names: /^good-/,
    besides: /^(scope-|proto-|proof-replayed|two-auth|jws-|good-)/,
  },
  "401 without a challenge": {
    start: (issuer) => refusing(issuer, () => new Response(null, { status: 401 })),
    grade: "deviation",
    names: /./,
    besides: /./,
    options: { groups: ["claims"] },
  },
};

it.each(Object.entries(trials))("names the right hole: %s", async (_name, trial) => {
  const { start, grade, names, besides, options } = trial;
  await using issuer = await createAttackIssuer();
  const target = { url: `${publicUrl}/tokens`, doors, issuer };
  const { results } = await attack(start(issuer), target, options);
  const findings = results.filter(({ outcome }) => outcome === "finding");
  const named = findings.filter((each) => each.grade === grade).map(({ id }) => id);
  if (names instanceof RegExp) {
    expect(named.filter((id) => names.test(id)).length).toBeGreaterThan(3);
  } else {
    expect(named).toEqual(expect.arrayContaining([...names]));
  }
  const isNamed = (id: string) => (names instanceof RegExp ? names.test(id) : names.includes(id));
  const others = findings.filter(({ id }) => !isNamed(id) && !besides?.test(id));
  expect(others.map(({ id, grade, found }) => [id, grade, found])).toEqual([]);
});

it("finds nothing at the server that lacks none", async () => {
  await using issuer = await createAttackIssuer();
  const target = { url: `${publicUrl}/tokens`, doors, issuer };
  const { summary } = await attack(createServer(issuer), target);
  expect(summary).toMatchObject({ findings: 0 });
});

it("gives up an endpoint that hangs", async () => {
  await using issuer = await createAttackIssuer();
  const hanging = () => new Promise<Response>(() => {});
  const target = { url: `${publicUrl}/tokens`, issuer };
  const { summary } = await attack(hanging, target, { timeLimit: 20 });
  expect(summary.grades.crash).toBe(3);
  expect(summary.passed).toBe(0);
});
