import { describe, expect, test } from "vitest";
import type { DigestAlgorithm, DigestQop } from "../wire/digest.ts";
import { readDigest } from "./read-credentials.ts";

const offer = {
  algorithms: ["SHA-256", "MD5"] as readonly DigestAlgorithm[],
  qop: ["auth", "auth-int"] as readonly DigestQop[],
};
const given = {
  username: "ada",
  realm: "",
  uri: "/",
  nonce: "n",
  response: "r",
  algorithm: "SHA-256",
  qop: "auth",
  nc: "00000001",
  cnonce: "c",
};

const write = (params: Readonly<Record<string, string | undefined>>) =>
  Object.entries(params)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}="${value}"`))
    .join(", ");

test("says all that was sent, and nothing else", () => {
  const { algorithm, qop, nc, ...same } = given;
  const expected = { ...same, algorithm, qop, nonceCount: nc };
  const more = { userhash: "FALSE", opaque: "o" };
  expect(readDigest(write({ ...given, ...more }), offer)).toEqual(expected);
  const withoutAlgorithm = write({ ...given, algorithm: undefined });
  expect(readDigest(withoutAlgorithm, offer)).toEqual({ ...expected, algorithm: "MD5" });
});

describe("user names", () => {
  test.each([
    ["username", "ada", "ada"],
    // As it stands where it is no UTF-8: curl and others write what they are given.
    ["username", "J\u00e4s", "J\u00e4s"],
    ["username", "J\u00c3\u00a4s", "J\u00e4s"],
    ["username", "\u00ef\u00bb\u00bfada", "\ufeffada"],
    ["username*", "UTF-8''J%C3%A4s", "J\u00e4s"],
  ])("%s=%j", (name, text, username) => {
    const credentials = readDigest(write({ ...given, username: undefined, [name]: text }), offer);
    expect(credentials).toMatchObject({ username });
  });
});

describe("a refusal says what was expected and what was found:", () => {
  const unreadable = ["parameters, each once", "others, or one twice"] as const;
  const incomplete = ["username, realm, uri, nonce and response", "not all of them"] as const;
  const uncounted = ["nc of 8 hexadecimal digits, and cnonce", "not both"] as const;

  test.each<[what: string, field: string, reason: string, expected: string, found: string]>([
    ["no parameters", "abc", "credential_malformed", ...unreadable],
    ["one twice", `${write(given)}, NC=1`, "credential_malformed", ...unreadable],
    ...["username", "realm", "uri", "nonce", "response"].map(
      (name) =>
        [
          `no ${name}`,
          write({ ...given, [name]: undefined }),
          "credential_malformed",
          ...incomplete,
        ] as [string, string, string, string, string],
    ),
    ...["0000001", "000000001", "0000000g", "g0000000", ""].map(
      (nc) =>
        [`nc ${nc}`, write({ ...given, nc }), "credential_malformed", ...uncounted] as [
          string,
          string,
          string,
          string,
          string,
        ],
    ),
    [
      "another algorithm",
      write({ ...given, algorithm: "SHA-1" }),
      "digest_not_offered",
      "SHA-256 or MD5",
      "SHA-1",
    ],
    [
      "another qop",
      write({ ...given, qop: "auth-conf" }),
      "digest_not_offered",
      "qop auth or auth-int",
      "auth-conf",
    ],
    [
      "no qop",
      write({ ...given, qop: undefined }),
      "digest_not_offered",
      "qop auth or auth-int",
      "none",
    ],
    [
      "a hashed user name",
      write({ ...given, userhash: "TRUE" }),
      "digest_not_offered",
      "userhash=false",
      "userhash=true",
    ],
  ])("%s", (_what, field, reason, expected, found) => {
    expect(readDigest(field, offer)).toMatchObject({ reason, details: { expected, found } });
  });
});
