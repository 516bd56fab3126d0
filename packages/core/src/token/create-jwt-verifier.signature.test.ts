import { describe, expect, test, vi } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  outcomeOf,
  segment,
  sign,
  signature,
  signRaw,
  withAlgorithm,
} from "./signing.fixture.ts";

const fetch = vi.fn(() => Promise.reject(new Error("nothing may be fetched")));
vi.stubGlobal("fetch", fetch);

const rs256 = await makeKey("RS256", "rsa");
const ps256 = await withAlgorithm(rs256, "PS256");
const es256 = await makeKey("ES256", "p256");
const es384 = await makeKey("ES384", "p384");
const es512 = await makeKey("ES512", "p521");
const eddsa = await makeKey("EdDSA", "ed");

const verifier = createJwtVerifier({
  issuer,
  audience,
  clock,
  jwks: { keys: [rs256, es256, es384, es512, eddsa].map(({ jwk }) => jwk) },
  algorithms: ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"],
});

const good = await sign(rs256);
const [header = "", payload = "", seal = ""] = good.split(".");
const bytesOf = (text: string) => decodeBase64Url(text) ?? new Uint8Array();

type Row = [name: string, expected: string, token: string | Promise<string>];

function check(rows: Row[], control: string) {
  for (const [name, expected, token] of rows) {
    test(`${name}: ${expected}`, async () => {
      expect(await outcomeOf(verifier, await token)).toBe(expected);
      // Between any two attacks a good token passes: a verifier that refuses all would fail too.
      expect(await outcomeOf(verifier, control)).toBe("accepted");
      expect(fetch).not.toHaveBeenCalled();
    });
  }
}

describe("the algorithm (RFC 7515 §4.1.1, RFC 8725 §3.1)", () => {
  const withHeader = (alg: unknown, signatureSegment: string) =>
    `${segment({ alg, kid: "rsa" })}.${payload}.${signatureSegment}`;
  const spellings = ["none", "None", "NONE", "nOnE", "none ", "\u0000none"];
  const unknown = [
    "rs256",
    "RS256 ",
    "RS1",
    "HS256",
    "HS512",
    "RS512",
    "ES256K",
    "RSA-OAEP",
    "dir",
  ];
  const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const wrongKind = [null, true, false, 0, 1, [], ["RS256"], {}, { alg: "RS256" }, ""];
  check(
    [
      ...spellings.flatMap((alg): Row[] => [
        [
          `${JSON.stringify(alg)} without a signature`,
          "algorithm_not_allowed",
          withHeader(alg, ""),
        ],
        [`${JSON.stringify(alg)} with the old one`, "algorithm_not_allowed", withHeader(alg, seal)],
      ]),
      ...[...unknown, ...inherited].map((alg): Row => {
        return [JSON.stringify(alg), "algorithm_not_allowed", withHeader(alg, seal)];
      }),
      ...wrongKind.flatMap((alg): Row[] => [
        [`${JSON.stringify(alg)} without a signature`, "token_malformed", withHeader(alg, "")],
        [`${JSON.stringify(alg)} with the old one`, "token_malformed", withHeader(alg, seal)],
      ]),
      ["absent", "token_malformed", signRaw(rs256, { kid: "rsa" }, goodClaims)],
      ["absent, unsigned", "token_malformed", `${segment({ kid: "rsa" })}.${payload}.`],
    ],
    good,
  );
});

describe("the segments (RFC 7515 §7.1)", () => {
  const swapped = segment({ ...goodClaims, sub: "eve" });
  const bitFlips = [0, 1, 128, 255].flatMap((at) =>
    [0x01, 0x80].map((bit): Row => {
      const bytes = bytesOf(seal);
      bytes[at] = (bytes[at] ?? 0) ^ bit;
      const flipped = `${header}.${payload}.${encodeBase64Url(bytes)}`;
      return [`bit ${bit} of signature byte ${at} flipped`, "signature_invalid", flipped];
    }),
  );
  check(
    [
      ["signature stripped, dot kept", "signature_invalid", `${header}.${payload}.`],
      ["two segments", "token_malformed", `${header}.${payload}`],
      ["one segment", "token_malformed", header],
      ["nothing", "token_malformed", ""],
      ["only dots", "token_malformed", ".."],
      ["four segments", "token_malformed", `${good}.`],
      ["four full segments", "token_malformed", `${good}.${seal}`],
      ["five segments, as a JWE", "token_malformed", `${good}.${seal}.${seal}`],
      ["a dot before", "token_malformed", `.${good}`],
      ["empty payload", "token_malformed", `${header}..${seal}`],
      ["empty payload, signed", "token_malformed", signRaw(rs256, { alg: "RS256" }, "")],
      ["empty header", "token_malformed", `.${payload}.${seal}`],
      ["payload swapped", "signature_invalid", `${header}.${swapped}.${seal}`],
      ["header swapped", "signature_invalid", `${segment({ alg: "RS256" })}.${payload}.${seal}`],
      ["payload and signature swapped", "token_malformed", `${header}.${seal}.${payload}`],
      [
        "one byte cut off the signature",
        "signature_invalid",
        `${header}.${payload}.${encodeBase64Url(bytesOf(seal).subarray(0, -1))}`,
      ],
      [
        "half of the signature",
        "signature_invalid",
        `${header}.${payload}.${encodeBase64Url(bytesOf(seal).subarray(0, 128))}`,
      ],
      [
        "a byte after the signature",
        "signature_invalid",
        `${header}.${payload}.${encodeBase64Url(new Uint8Array([...bytesOf(seal), 0]))}`,
      ],
      [
        "a zero byte before the signature",
        "signature_invalid",
        `${header}.${payload}.${encodeBase64Url(new Uint8Array([0, ...bytesOf(seal)]))}`,
      ],
      [
        "a signature of zeros",
        "signature_invalid",
        `${header}.${payload}.${encodeBase64Url(new Uint8Array(256))}`,
      ],
      ...bitFlips,
    ],
    good,
  );
});

describe("ECDSA (RFC 7518 §3.4, CVE-2022-21449)", async () => {
  const orders = {
    ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    ES384:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    ES512:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  };
  for (const key of [es256, es384, es512]) {
    const token = await sign(key);
    const input = token.slice(0, token.lastIndexOf("."));
    const raw = bytesOf(token.slice(input.length + 1));
    const size = raw.length / 2;
    const r = toNumber(raw.subarray(0, size));
    const s = toNumber(raw.subarray(size));
    const n = orders[key.alg as keyof typeof orders];
    const top = 2n ** BigInt(8 * size) - 1n;
    const odd = { "0": 0n, "1": 1n, "n-1": n - 1n, n: n, "n+1": n + 1n, "all ones": top };
    const withPair = (first: bigint, second: bigint) =>
      `${input}.${encodeBase64Url(
        new Uint8Array([...toBytes(first, size), ...toBytes(second, size)]),
      )}`;
    const withBytes = (bytes: number[] | Uint8Array) =>
      `${input}.${encodeBase64Url(new Uint8Array(bytes))}`;
    const invalid = (name: string, forged: string): Row => [
      `${key.alg} ${name}`,
      "signature_invalid",
      forged,
    ];
    check(
      [
        ...Object.entries(odd).flatMap(([name, value]) => [
          invalid(`r = s = ${name}`, withPair(value, value)),
          invalid(`r = ${name}`, withPair(value, s)),
          invalid(`s = ${name}`, withPair(r, value)),
        ]),
        invalid("r and s swapped", withPair(s, r)),
        invalid("DER instead of r||s", withBytes(toDer(raw))),
        invalid("empty", withBytes([])),
        invalid("r alone", withBytes(raw.subarray(0, size))),
        invalid(
          "each half a byte longer",
          withBytes([0, ...raw.subarray(0, size), 0, ...raw.subarray(size)]),
        ),
        invalid("a byte after it", withBytes([...raw, 0])),
        invalid("s a byte longer", withBytes([...raw.subarray(0, size), 0, ...raw.subarray(size)])),
        ["put together again from r and s", "accepted", withPair(r, s)],
      ],
      token,
    );
  }
});

describe("RSA (RFC 8017 §8)", async () => {
  const input = `${segment({ alg: "RS256", kid: "rsa" })}.${payload}`;
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(input)),
  );
  const privateJwk = await crypto.subtle.exportKey("jwk", rs256.privateKey);
  const [n, d] = [privateJwk.n, privateJwk.d].map((part) => toNumber(bytesOf(part ?? "")));
  const sha256Info = [48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5, 0, 4, 32];
  const withoutNull = [48, 47, 48, 11, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 4, 32];
  /** The RSA operation alone, on a message padded by hand to 256 bytes. */
  const padded = (before: number[], after: number[], filler = 0xff) => {
    const padding = new Array(256 - before.length - after.length).fill(filler);
    const message = new Uint8Array([...before, ...padding, ...after]);
    const power = raise(toNumber(message), d ?? 0n, n ?? 1n);
    return `${input}.${encodeBase64Url(new Uint8Array(toBytes(power, 256)))}`;
  };
  const hash = [...digest];
  const wrongHash = new Uint8Array(
    await crypto.subtle.digest("SHA-384", new TextEncoder().encode(input)),
  );
  const sha384Info = [48, 65, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 2, 5, 0, 4, 48];

  const psInput = `${segment({ alg: "PS256", kid: "rsa" })}.${payload}`;
  const pss = async (hashName: string, saltLength: number) => {
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", rs256.privateKey);
    const params = { name: "RSA-PSS", hash: hashName };
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, params, false, ["sign"]);
    const bytes = new TextEncoder().encode(psInput);
    const made = await crypto.subtle.sign({ name: "RSA-PSS", saltLength }, key, bytes);
    return `${psInput}.${encodeBase64Url(new Uint8Array(made))}`;
  };

  check(
    [
      ["padded by hand as it should be", "accepted", padded([0, 1], [0, ...sha256Info, ...hash])],
      ["block type 2", "signature_invalid", padded([0, 2], [0, ...sha256Info, ...hash])],
      ["block type 0", "signature_invalid", padded([0, 0], [0, ...sha256Info, ...hash], 0)],
      [
        "padding of other bytes",
        "signature_invalid",
        padded([0, 1], [0, ...sha256Info, ...hash], 0xfe),
      ],
      ["no DigestInfo", "signature_invalid", padded([0, 1], [0, ...hash])],
      [
        "DigestInfo without NULL",
        "signature_invalid",
        padded([0, 1], [0, ...withoutNull, ...hash]),
      ],
      [
        "DigestInfo of another hash",
        "signature_invalid",
        padded([0, 1], [0, ...sha384Info, ...wrongHash]),
      ],
      [
        "garbage after the hash",
        "signature_invalid",
        padded([0, 1, ...new Array(8).fill(0xff), 0, ...sha256Info, ...hash], [], 0),
      ],
      [
        "a signature of 1",
        "signature_invalid",
        `${input}.${encodeBase64Url(new Uint8Array(toBytes(1n, 256)))}`,
      ],
      [
        "a signature of n",
        "signature_invalid",
        `${input}.${encodeBase64Url(new Uint8Array(toBytes(n ?? 0n, 256)))}`,
      ],
      ["PS256 with a salt as long as the hash", "accepted", pss("SHA-256", 32)],
      ["PS256 without salt", "signature_invalid", pss("SHA-256", 0)],
      ["PS256 with a shorter salt", "signature_invalid", pss("SHA-256", 20)],
      ["PS256 with the longest salt", "signature_invalid", pss("SHA-256", 222)],
      ["PS256 with SHA-384", "signature_invalid", pss("SHA-384", 48)],
      ["PS256 with SHA-1", "signature_invalid", pss("SHA-1", 20)],
      ["RS256 sent as PS256", "signature_invalid", sign(rs256, {}, { alg: "PS256" })],
      ["PS256 sent as RS256", "signature_invalid", sign(ps256, {}, { alg: "RS256" })],
      ["PS256 sent as PS256", "accepted", sign(ps256)],
      [
        "signed by another key",
        "signature_invalid",
        makeKey("RS256", "rsa").then((key) => sign(key)),
      ],
    ],
    good,
  );
});

describe("Ed25519 (RFC 8032 §5.1.7)", async () => {
  const token = await sign(eddsa);
  const input = token.slice(0, token.lastIndexOf("."));
  const raw = bytesOf(token.slice(input.length + 1));
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = toNumber(raw.slice(32).reverse());
  const withS = (value: bigint) =>
    `${input}.${encodeBase64Url(new Uint8Array([...raw.subarray(0, 32), ...toBytes(value, 32).reverse()]))}`;
  check(
    [
      ["S put together again", "accepted", withS(s)],
      ["S + L: the same value malleated", "signature_invalid", withS(s + order)],
      ["S + 2L", "signature_invalid", withS(s + 2n * order)],
      ["S = 0", "signature_invalid", withS(0n)],
      ["S = L", "signature_invalid", withS(order)],
      ["all zeros", "signature_invalid", `${input}.${encodeBase64Url(new Uint8Array(64))}`],
      [
        "the neutral point and S = 0",
        "signature_invalid",
        `${input}.${encodeBase64Url(new Uint8Array([1, ...new Array(63).fill(0)]))}`,
      ],
      ["by another key", "signature_invalid", makeKey("EdDSA", "ed").then((key) => sign(key))],
    ],
    token,
  );
});

describe("an algorithm that does not fit the named key", () => {
  const renamed = (key: typeof rs256, kid: string) => sign(key, {}, { kid });
  check(
    [
      ["ES256 under an RSA key's kid", "key_not_found", renamed(es256, "rsa")],
      ["RS256 under an EC key's kid", "key_not_found", renamed(rs256, "p256")],
      ["ES256 under a P-384 key's kid", "key_not_found", renamed(es256, "p384")],
      ["ES384 under a P-256 key's kid", "key_not_found", renamed(es384, "p256")],
      ["EdDSA under a P-256 key's kid", "key_not_found", renamed(eddsa, "p256")],
      ["ES256 sent as ES384", "key_not_found", sign(es256, {}, { alg: "ES384" })],
      ["a signature of another token", "signature_invalid", stolen()],
    ],
    good,
  );

  async function stolen() {
    const input = `${segment({ alg: "ES256", kid: "p256" })}.${segment(goodClaims)}`;
    return `${input}.${await signature(es256, `${input} `)}`;
  }
});

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function toBytes(number: bigint, length: number): number[] {
  const hex = number.toString(16).padStart(2 * length, "0");
  return Array.from({ length }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) of r||s. */
function toDer(raw: Uint8Array): number[] {
  const integers = [raw.subarray(0, raw.length / 2), raw.subarray(raw.length / 2)].flatMap(
    (half) => {
      const bytes = [...half];
      while (bytes[0] === 0) bytes.shift();
      if ((bytes[0] ?? 0) > 127) bytes.unshift(0);
      return [2, bytes.length, ...bytes];
    },
  );
  return [48, ...(integers.length > 127 ? [0x81] : []), integers.length, ...integers];
}

function raise(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let power = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * power) % modulus;
    power = (power * power) % modulus;
  }
  return result;
}
