import { constants, createHash, privateEncrypt } from "node:crypto";
import {
  type GroupedCase,
  groupOf,
  malformed,
  unknownKey,
  wrongAlgorithm,
  wrongSignature,
} from "./case.ts";
import {
  type Forgery,
  fixed,
  forged,
  misnamed,
  pss,
  rewritten,
  rightly,
  rs256,
  type Signer,
} from "./forge.ts";

/** n, the order of P-256 (FIPS 186-4 D.1.2.3), and L, that of Ed25519 (RFC 8032 §5.1). */
const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const orderOfEd25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
const empty = fixed(new Uint8Array());

const spellings = {
  "alg-none": "none",
  "alg-none-capital": "None",
  "alg-none-upper": "NONE",
  "alg-none-mixed": "nOnE",
};
const algorithmCases: readonly GroupedCase[] = [
  ...Object.entries(spellings).map(([id, alg]) => ({
    id,
    source: "RFC 8725 §3.2",
    expect: wrongAlgorithm,
    request: forged({ header: { alg }, signer: empty }),
  })),
  {
    id: "alg-none-with-signature",
    source: "RFC 8725 §3.2",
    expect: wrongAlgorithm,
    request: forged({ header: { alg: "none" } }),
  },
  { id: "alg-unknown", expect: wrongAlgorithm, request: forged({ header: { alg: "XX256" } }) },
  {
    id: "alg-empty",
    source: "CVE-2026-23993",
    expect: malformed,
    request: forged({ header: { alg: "" }, signer: empty }),
  },
  { id: "alg-absent", expect: malformed, request: forged({ header: { alg: undefined } }) },
  ...Object.entries({ null: null, true: true, zero: 0, array: [] }).map(([name, alg]) => ({
    id: `alg-${name}`,
    source: "RFC 7515 §4.1.1",
    expect: malformed,
    request: forged({ header: { alg } }),
  })),
];

const segment = (token: string, at: number) => token.split(".")[at] ?? "";
const shapeCases: readonly GroupedCase[] = [
  { id: "good-token", expect: "accept", request: forged({}) },
  {
    id: "signature-stripped",
    expect: wrongSignature,
    request: rewritten((token) => token.replace(/[^.]+$/, "")),
  },
  {
    id: "two-segments",
    expect: malformed,
    request: rewritten((token) => token.replace(/\.[^.]+$/, "")),
  },
  { id: "four-segments", expect: malformed, request: rewritten((token) => `${token}.e30`) },
  {
    id: "payload-empty",
    expect: malformed,
    request: rewritten((token) => `${segment(token, 0)}..${segment(token, 2)}`),
  },
  {
    id: "header-empty",
    expect: malformed,
    request: rewritten((token) => `.${segment(token, 1)}.${segment(token, 2)}`),
  },
  {
    id: "signature-bit-flipped",
    expect: wrongSignature,
    request: forged({ signer: (input, key) => changed(rightly(input, key)) }),
  },
  {
    id: "payload-swapped",
    expect: wrongSignature,
    request: forged({ signer: (input, key) => rightly(`${input}A`, key) }),
  },
  {
    id: "signature-short",
    expect: wrongSignature,
    request: forged({ signer: (input, key) => rightly(input, key).slice(0, -1) }),
  },
  {
    id: "signature-long",
    expect: wrongSignature,
    request: forged({
      signer: (input, key) => Buffer.concat([rightly(input, key), Buffer.from([0])]),
    }),
  },
  {
    id: "good-token-without-type",
    expect: "accept",
    isLenient: true,
    request: forged({ header: { typ: undefined } }),
  },
];

const numbers = {
  0: 0n,
  1: 1n,
  "n-less-1": orderOfP256 - 1n,
  n: orderOfP256,
  most: 2n ** 256n - 1n,
};
const ecdsaCases: readonly GroupedCase[] = [
  {
    id: "es256-r-and-s-zero",
    source: "CVE-2022-21449",
    expect: wrongSignature,
    request: forged({ key: "es", signer: fixed(new Uint8Array(64)) }),
  },
  ...Object.entries(numbers).flatMap(([name, value]) => [
    {
      id: `es256-r-${name}`,
      source: "CVE-2022-21449",
      expect: wrongSignature,
      request: forged({
        key: "es",
        signer: (input, key) => Buffer.concat([to32Bytes(value), rightly(input, key).slice(32)]),
      }),
    },
    {
      id: `es256-s-${name}`,
      source: "CVE-2022-21449",
      expect: wrongSignature,
      request: forged({
        key: "es",
        signer: (input, key) => Buffer.concat([rightly(input, key).slice(0, 32), to32Bytes(value)]),
      }),
    },
    {
      id: `es256-both-${name}`,
      source: "CVE-2022-21449",
      expect: wrongSignature,
      request: forged({
        key: "es",
        signer: fixed(Buffer.concat([to32Bytes(value), to32Bytes(value)])),
      }),
    },
  ]),
  {
    id: "es256-der",
    source: "RFC 7518 §3.4",
    expect: wrongSignature,
    request: forged({ key: "es", signer: (input, key) => derOf(rightly(input, key)) }),
  },
];

const cases: Readonly<Record<string, readonly [GroupedCase["expect"], Forgery]>> = {
  "good-rs256": ["accept", { key: "rsa" }],
  "rs256-padding-of-type-2": [wrongSignature, { key: "rsa", signer: padded(2) }],
  "rs256-padding-too-short": [wrongSignature, { key: "rsa", signer: padded(1, 8) }],
  "rs256-sha512": [wrongSignature, { key: "rsa", signer: rs256("sha512") }],
  "rs256-sent-as-ps256": [wrongSignature, { key: "ps", signer: rs256() }],
  "ps256-sent-as-rs256": [wrongSignature, { key: "rsa", signer: pss() }],
  "good-ps256": ["accept", { key: "ps" }],
  "ps256-sha512": [wrongSignature, { key: "ps", signer: pss("sha512") }],
  "ps256-salt-of-20": [wrongSignature, { key: "ps", signer: pss("sha256", 20) }],
  "ps256-salt-of-0": [wrongSignature, { key: "ps", signer: pss("sha256", 0) }],
  "good-eddsa": ["accept", { key: "ed" }],
  "eddsa-malleated": [
    wrongSignature,
    { key: "ed", signer: (input, key) => malleated(rightly(input, key)) },
  ],
};

export const signatureCases = groupOf("signature", "RFC 7515 §5.2; RFC 8725 §3.3", [
  ...shapeCases,
  ...algorithmCases,
  ...ecdsaCases,
  ...Object.entries(cases).map(
    ([id, [expect, forgery]]): GroupedCase => ({
      ...{ id, expect, source: "RFC 7518 §3.3, §3.5; RFC 8032 §8.4" },
      request: forged(forgery),
    }),
  ),
  {
    id: "unknown-key",
    expect: unknownKey,
    isLenient: true,
    request: misnamed("nobody"),
  },
  { id: "good-token-after-all-that", expect: "accept", request: forged({}) },
]);

function changed(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
}

function to32Bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}

/** ASN.1: a SEQUENCE of two INTEGERs. */
function derOf(signature: Uint8Array): Buffer {
  const numbers = [signature.slice(0, 32), signature.slice(32)].map((bytes) =>
    Buffer.from([2, 33, 0, ...bytes]),
  );
  return Buffer.concat([Buffer.from([0x30, 70]), ...numbers]);
}

/** PKCS#1 with another block type, or with less padding and rubbish behind the hash (RFC 8017 §9.2). */
function padded(type: number, padding?: number): Signer {
  return (input, { privateKey }) => {
    const hash = createHash("sha256").update(input).digest();
    const info = Buffer.from("3031300d060960864801650304020105000420", "hex");
    const rest = Buffer.concat([Buffer.from([0]), info, hash]);
    const ff = Buffer.alloc(padding ?? 254 - rest.length, 0xff);
    const block = Buffer.alloc(256, 0x5a);
    Buffer.concat([Buffer.from([0, type]), ff, rest]).copy(block);
    return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
  };
}

/** The same point with S + L, which is to be refused (RFC 8032 §5.1.7). */
function malleated(signature: Uint8Array): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString("hex")}`);
  const other = Buffer.from((s + orderOfEd25519).toString(16).padStart(64, "0"), "hex").reverse();
  return Buffer.concat([signature.slice(0, 32), other]);
}
