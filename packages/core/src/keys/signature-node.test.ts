/** The engine of Node beside the one of jose: whatever one says of a signature, the other says too. */
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import fc from "fast-check";
import type { JWK } from "jose";
import { describe, expect, test, vi } from "vitest";
import { hmacKey, inForm, makeKey, sign, withAlgorithm } from "../token/signing.fixture.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { asymmetricAlgorithms, hmacAlgorithms, type SigningAlgorithm } from "./algorithms.ts";
import type { KeyMaterial } from "./signature.ts";
import { signatureCheck as onNode } from "./signature-node.ts";
import { signatureCheck as byJose } from "./signature-web.ts";

const imports = vi.hoisted(() => ({ count: 0 }));
vi.mock("node:crypto", async (importOriginal) => {
  const crypto = await importOriginal<typeof import("node:crypto")>();
  const counted =
    <A extends unknown[], R>(make: (...given: A) => R) =>
    (...given: A) => {
      imports.count += 1;
      return make(...given);
    };
  return {
    ...crypto,
    createPublicKey: counted(crypto.createPublicKey as (key: unknown) => unknown),
  };
});

const all: readonly SigningAlgorithm[] = [
  ...asymmetricAlgorithms,
  ...(Object.keys(hmacAlgorithms) as (keyof typeof hmacAlgorithms)[]),
];
const secret = crypto.getRandomValues(new Uint8Array(64));
const rsa = await makeKey("RS256");
const signers = await Promise.all(
  all.map(async (alg) => {
    if (alg.startsWith("HS")) {
      return { ...(await hmacKey(alg as "HS256", secret)), alg, material: secret as KeyMaterial };
    }
    const key = /^[RP]S/.test(alg) ? await withAlgorithm(rsa, alg) : await makeKey(alg);
    return { ...key, material: key.jwk as KeyMaterial };
  }),
);

/** What both engines say, which must be the same. */
async function verdict(material: KeyMaterial, text: string, alg: string): Promise<boolean> {
  const signed = inForm(text, alg);
  const ours = onNode(material)(signed, alg);
  expect(ours).toBeTypeOf("boolean");
  expect(await byJose(material)(signed, alg)).toBe(ours);
  return ours as boolean;
}

describe("every algorithm (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864)", () => {
  for (const signer of signers) {
    test(`${signer.alg}: a good signature`, async () => {
      expect(await verdict(signer.material, await sign(signer), signer.alg)).toBe(true);
    });

    test(`${signer.alg}: the same token under every other key, and as of every other algorithm`, async () => {
      const token = await sign(signer);
      for (const other of signers) {
        const isSameKey = other.material === signer.material;
        expect(await verdict(other.material, token, signer.alg)).toBe(isSameKey);
        // Here jose has no say: it goes by the header.
        const asOther = onNode(other.material)(inForm(token, other.alg), other.alg);
        expect(asOther).toBe(other === signer);
      }
    });

    test(`${signer.alg}: a signature that is changed, cut short or drawn out`, async () => {
      const token = await sign(signer);
      const input = token.slice(0, token.lastIndexOf(".") + 1);
      const seal = decodeBase64Url(token.slice(input.length)) ?? new Uint8Array();
      const changes = [
        new Uint8Array(),
        seal.slice(0, -1),
        seal.slice(1),
        new Uint8Array([...seal, 0]),
        new Uint8Array([0, ...seal]),
        new Uint8Array(seal.length),
        new Uint8Array(seal.length).fill(255),
        new Uint8Array([...seal, ...seal]),
        seal.toReversed(),
        // The same two numbers, if the halves were found by what follows the first one.
        new Uint8Array([
          ...seal.subarray(0, seal.length / 2),
          0,
          ...seal.subarray(seal.length / 2),
        ]),
      ];
      for (let at = 0; at < seal.length; at += 7) {
        changes.push(seal.with(at, (seal[at] ?? 0) ^ (1 << (at % 8))));
      }
      for (const changed of changes) {
        expect(await verdict(signer.material, input + encodeBase64Url(changed), signer.alg)).toBe(
          false,
        );
      }
    });

    test(`${signer.alg}: a key is imported once`, async () => {
      const check = onNode(signer.material);
      const counts: number[] = [];
      for (const sub of ["ada", "bob", "cy"]) {
        const token = await sign(signer, { sub });
        imports.count = 0;
        expect(check(inForm(token, signer.alg), signer.alg)).toBe(true);
        counts.push(imports.count);
      }
      expect(counts).toEqual([counts[0], 0, 0]);
      // A secret is no key to be imported.
      expect(counts[0] === 0).toBe(signer.alg.startsWith("HS"));
    });
  }
});

describe("keys that fit no algorithm verify nothing, and nothing is thrown", async () => {
  const jwkOf = (type: "ed448" | "x25519" | "ed25519") =>
    generateKeyPairSync(type as "ed448").publicKey.export({ format: "jwk" }) as JWK;
  const short = await makeKey("RS256", undefined, 1024);
  const p256 = (await makeKey("ES256")).jwk;
  const p384 = (await makeKey("ES384")).jwk;
  const ed = jwkOf("ed25519");
  const keys: [what: string, material: unknown][] = [
    ["RSA of 1024 bits", short.jwk],
    ["RSA of no bits", { kty: "RSA", n: "", e: "" }],
    ["RSA without e", { kty: "RSA", n: rsa.jwk.n }],
    ["P-256 under the name of P-384", { ...p256, crv: "P-384" }],
    ["P-384 under the name of P-256", { ...p384, crv: "P-256" }],
    ["secp256k1", { ...p256, crv: "secp256k1" }],
    ["a point that is not on the curve", { ...p256, y: p256.x }],
    ["a point at infinity", { ...p256, x: "A".repeat(43), y: "A".repeat(43) }],
    ["half a point", { kty: "EC", crv: "P-256", x: p256.x }],
    ["coordinates that are too long", { ...p256, x: `AAAA${p256.x}`, y: `AAAA${p256.y}` }],
    ["Ed448", jwkOf("ed448")],
    ["X25519", jwkOf("x25519")],
    ["Ed25519 that is cut short", { ...ed, x: ed.x?.slice(0, 40) }],
    ["an EC key under OKP", { ...p256, kty: "OKP" }],
    ["a symmetric JWK", { kty: "oct", k: encodeBase64Url(secret) }],
    ["another type", { kty: "AKP" }],
    ["no type", {}],
    ["no bytes", new Uint8Array()],
  ];
  for (const [what, material] of keys) {
    test(what, async () => {
      for (const signer of signers) {
        // Jose takes a symmetric JWK for HMAC; here a secret is bytes, and a JWK is a public key.
        const isSecret = what === "a symmetric JWK" && signer.alg.startsWith("HS");
        const token = await sign(signer);
        if (isSecret)
          expect(onNode(material as JWK)(inForm(token, signer.alg), signer.alg)).toBe(false);
        else expect(await verdict(material as JWK, token, signer.alg)).toBe(false);
      }
    });
  }

  test("a secret that is empty, or none, is not the empty one (CVE-2019-20933)", async () => {
    for (const alg of ["HS256", "HS384", "HS512"] as const) {
      const token = await sign(await hmacKey(alg, ""));
      for (const material of [new Uint8Array(), rsa.jwk, { kty: "oct", k: "" }, {}, []]) {
        expect(await verdict(material as JWK, token, alg)).toBe(false);
      }
    }
  });

  test("a public key for HMAC, as a JWK, its PEM or its DER (CVE-2022-29217)", async () => {
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", rsa.publicKey));
    const token = await sign(await hmacKey("HS256", spki));
    expect(await verdict(rsa.jwk, token, "HS256")).toBe(false);
  });
});

test("a key signs well, and not for the algorithm that the header names", async () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ec384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const rsaPair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const shortPair = generateKeyPairSync("rsa", { modulusLength: 2040 });
  const p1363 = { dsaEncoding: "ieee-p1363" } as const;
  const rows: [alg: string, pair: typeof ec, hash: string, more: object][] = [
    ["ES384", ec, "sha384", p1363],
    ["ES256", ec384, "sha256", p1363],
    ["RS256", ec, "sha256", {}],
    ["RS256", ec, "sha256", p1363],
    ["PS256", ec, "sha256", {}],
    ["ES256", rsaPair, "sha256", {}],
    ["EdDSA", rsaPair, "sha256", {}],
    ["Ed25519", ec, "sha256", {}],
    ["RS256", shortPair, "sha256", {}],
    ["PS256", shortPair, "sha256", { padding: 6, saltLength: 32 }],
  ];
  for (const [alg, { publicKey, privateKey }, hash, more] of rows) {
    const input = `${encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg })))}.e30`;
    const seal = signBytes(hash, Buffer.from(input), { key: privateKey, ...more });
    const jwk = publicKey.export({ format: "jwk" }) as JWK;
    expect(await verdict(jwk, `${input}.${encodeBase64Url(seal)}`, alg)).toBe(false);
  }
});

test("ECDSA: numbers that begin with zeros or a high bit, and nothing but their full length", async () => {
  for (const [alg, namedCurve, hash] of [
    ["ES256", "P-256", "sha256"],
    ["ES384", "P-384", "sha384"],
    ["ES512", "P-521", "sha512"],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const jwk = publicKey.export({ format: "jwk" }) as JWK;
    const input = `${encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg })))}.e30`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const check = onNode(jwk);
    const kinds = new Set<string>();
    while (kinds.size < 6) {
      const seal = new Uint8Array(signBytes(hash, Buffer.from(input), key));
      const half = seal.length / 2;
      const [r = 0, s = 0] = [seal[0], seal[half]];
      const kind = (byte: number) => (byte === 0 ? "zero" : byte > 0x7f ? "high" : "low");
      // The numbers of P-521 have 521 bits: none has a high one.
      const [first, second] =
        namedCurve === "P-521" ? [r ? "low" : "zero", s ? "low" : "zero"] : [kind(r), kind(s)];
      if (namedCurve === "P-521" && kinds.size === 4) break;
      if (kinds.has(`r ${first}`) && kinds.has(`s ${second}`)) continue;
      kinds.add(`r ${first}`).add(`s ${second}`);
      expect(await verdict(jwk, `${input}.${encodeBase64Url(seal)}`, alg)).toBe(true);
      const same = [
        new Uint8Array([0, ...seal]),
        new Uint8Array([...seal.subarray(0, half), 0, ...seal.subarray(half)]),
        ...(r === 0 ? [seal.subarray(1)] : []),
        ...(s === 0
          ? [new Uint8Array([...seal.subarray(0, half), ...seal.subarray(half + 1)])]
          : []),
      ];
      for (const spelling of same)
        expect(check({ text: `${input}.`, signature: spelling }, alg)).toBe(false);
    }
  }
});

test("ECDSA on another curve, its numbers drawn out to the length of the named one", async () => {
  for (const [alg, namedCurve, hash, size] of [
    ["ES384", "P-256", "sha384", 48],
    ["ES512", "P-256", "sha512", 66],
    ["ES512", "P-384", "sha512", 66],
    ["ES256", "secp256k1", "sha256", 32],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const input = `${encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg })))}.e30`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const seal = signBytes(hash, Buffer.from(input), key);
    const half = seal.length / 2;
    const zeros = Buffer.alloc(size - half);
    const drawn = Buffer.concat([zeros, seal.subarray(0, half), zeros, seal.subarray(half)]);
    const jwk = publicKey.export({ format: "jwk" }) as JWK;
    expect(await verdict(jwk, `${input}.${encodeBase64Url(drawn)}`, alg)).toBe(false);
  }
});

describe("RFC 4231 §4: HMAC, with keys that are shorter and longer than a block", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const vectors = [
    {
      name: "test case 1",
      key: new Uint8Array(20).fill(0x0b),
      data: "Hi There",
      HS256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      HS384:
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
      HS512:
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    },
    {
      name: "test case 2",
      key: bytes("Jefe"),
      data: "what do ya want for nothing?",
      HS256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      HS384:
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
      HS512:
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    },
    {
      name: "test case 6",
      key: new Uint8Array(131).fill(0xaa),
      data: "Test Using Larger Than Block-Size Key - Hash Key First",
      HS256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      HS384:
        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
      HS512:
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
    },
    {
      name: "test case 7",
      key: new Uint8Array(131).fill(0xaa),
      data: "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      HS256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      HS384:
        "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
      HS512:
        "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
    },
  ];
  for (const { name, key, data, ...macs } of vectors) {
    for (const [alg, mac] of Object.entries(macs)) {
      test(`${name}: ${alg}`, () => {
        const signature = new Uint8Array(Buffer.from(mac, "hex"));
        const check = onNode(key);
        expect(check({ text: `${data}.`, signature }, alg)).toBe(true);
        for (const wrong of [signature.with(5, 0), signature.subarray(1), signature.toReversed()]) {
          expect(check({ text: `${data}.`, signature: wrong }, alg)).toBe(false);
        }
        expect(check({ text: `${data} .`, signature }, alg)).toBe(false);
      });
    }
  }

  test("and keys of every length about a block's, as node:crypto has it", () => {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const) {
      for (let length = 32; length <= 200; length++) {
        const key = crypto.getRandomValues(new Uint8Array(length));
        const data = "x".repeat(length * 3);
        const signature = new Uint8Array(createHmac(hash, key).update(data).digest());
        expect(onNode(key)({ text: `${data}.`, signature }, alg)).toBe(true);
      }
    }
  });
});

test("algorithms that are none, whatever they are called", async () => {
  const names = [
    "none",
    "None",
    "",
    "HS1",
    "RS1",
    "ES256K",
    "Ed448",
    "__proto__",
    "constructor",
    "toString",
  ];
  for (const { material } of signers) {
    for (const alg of names) {
      const head = encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg })));
      expect(await verdict(material, `${head}.e30.`, alg)).toBe(false);
    }
  }
});

test("RSA-PSS takes a salt as long as the hash, and no other (RFC 7518 §3.5)", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" }) as JWK;
  for (const [alg, hash, length] of [
    ["PS256", "sha256", 32],
    ["PS384", "sha384", 48],
    ["PS512", "sha512", 64],
  ] as const) {
    const input = `${encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg })))}.e30`;
    for (const saltLength of [0, 20, 32, 48, 64, 100]) {
      const seal = signBytes(hash, Buffer.from(input), { key: privateKey, padding: 6, saltLength });
      const token = `${input}.${encodeBase64Url(seal)}`;
      expect(await verdict(jwk, token, alg)).toBe(saltLength === length);
    }
  }
});

test("texts that are more than ASCII are not what was signed", async () => {
  for (const signer of signers) {
    const token = await sign(signer);
    // U+0141 and "A" have their low byte in common.
    for (const [from, to] of [
      ["A", "\u0141"],
      ["e", "\u0165"],
    ] as const) {
      expect(token).toContain(from);
      const changed = token.replace(from, to);
      expect(
        onNode(signer.material)({ ...inForm(token, signer.alg), text: changed }, signer.alg),
      ).toBe(false);
    }
  }
});

test("any change of a few bytes of any token: both engines say no", async () => {
  const tokens = await Promise.all(
    signers.map(async (signer) => ({ ...signer, token: await sign(signer) })),
  );
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    by: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(tokens.length - 1),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (which, changes) => {
        const { token = "", material, alg } = tokens[which] ?? {};
        const dot = token.lastIndexOf(".");
        const seal = decodeBase64Url(token.slice(dot + 1)) ?? new Uint8Array();
        for (const { at, by } of changes) {
          const index = Math.floor(at * seal.length);
          seal[index] = (seal[index] ?? 0) ^ by;
        }
        const changed = `${token.slice(0, dot)}.${encodeBase64Url(seal)}`;
        expect(await verdict(material as KeyMaterial, changed, alg as string)).toBe(
          changed === token,
        );
      },
    ),
    { numRuns: 500 },
  );
});
