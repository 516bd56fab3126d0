import { describe, expect, test } from "vitest";
import type { OAuth1Parameter } from "../wire/oauth1-parameters.ts";
import { presentsOAuth1, readOAuth1 } from "./read-credentials.ts";

const given = {
  oauth_consumer_key: "printer",
  oauth_signature_method: "HMAC-SHA256",
  oauth_signature: "s",
  oauth_nonce: "n",
  oauth_timestamp: "1700000000",
};
const write = (changes: Readonly<Record<string, string | undefined>> = {}): OAuth1Parameter[] =>
  Object.entries({ ...given, ...changes }).filter(
    (parameter): parameter is [string, string] => parameter[1] !== undefined,
  );

const plaintext = {
  oauth_signature_method: "PLAINTEXT",
  oauth_nonce: undefined,
  oauth_timestamp: undefined,
};

test("says all that was sent of the protocol, and nothing else", () => {
  const expected = {
    consumerKey: "printer",
    token: undefined,
    signatureMethod: "HMAC-SHA256",
    signature: "s",
    timestamp: 1_700_000_000,
    nonce: "n",
    version: undefined,
  };
  expect(readOAuth1([[["a", "1"]], [...write(), ["a", "1"], ["a", "2"]], []])).toEqual(expected);
  expect(readOAuth1([write({ oauth_token: "" })])).toEqual(expected);
  const more = write({ oauth_token: "t", oauth_version: "1.0" });
  expect(readOAuth1([more])).toEqual({ ...expected, token: "t", version: "1.0" });
  expect(readOAuth1([write(plaintext)])).toMatchObject({ timestamp: undefined, nonce: undefined });
});

test("a consumer or a signature presents a credential; what merely begins like one does not", () => {
  for (const name of ["oauth_consumer_key", "oauth_signature"]) {
    expect(
      presentsOAuth1([
        ["a", ""],
        [name, ""],
      ]),
    ).toBe(true);
  }
  for (const name of ["oauth_token", "oauth_signature_method", "oauth_verifier", ""]) {
    expect(presentsOAuth1([[name, "oauth_signature"]])).toBe(false);
  }
  expect(presentsOAuth1([])).toBe(false);
});

describe("a refusal says what was expected and what was found:", () => {
  const incomplete = ["oauth_consumer_key, oauth_signature_method, oauth_signature", "not all"];
  const untimely = ["oauth_nonce, and an oauth_timestamp in seconds", "not both"];

  test.each<[what: string, places: OAuth1Parameter[][], details: string[]]>([
    [
      "two places",
      [write(), [["oauth_verifier", ""]]],
      ["oauth_ parameters in one place", "in several"],
    ],
    [
      "one twice",
      [[...write(), ["oauth_nonce", "n"]]],
      ["each oauth_ parameter once", "one of them twice"],
    ],
    ["nothing", [], incomplete],
    ...["oauth_consumer_key", "oauth_signature_method", "oauth_signature"].flatMap(
      (name): [string, OAuth1Parameter[][], string[]][] => [
        [`no ${name}`, [write({ [name]: undefined })], incomplete],
        [`an empty ${name}`, [write({ [name]: "" })], incomplete],
      ],
    ),
    ...[undefined, "", "0", "01", "1x", "x1", "1".repeat(13)].map(
      (time): [string, OAuth1Parameter[][], string[]] => [
        `oauth_timestamp ${time}`,
        [write({ oauth_timestamp: time })],
        untimely,
      ],
    ),
    ["no oauth_nonce", [write({ oauth_nonce: undefined })], untimely],
    // PLAINTEXT needs neither, but one alone, or an empty one, is a mistake.
    ["PLAINTEXT, one of both", [write({ ...plaintext, oauth_nonce: "n" })], untimely],
    ["PLAINTEXT, the other", [write({ ...plaintext, oauth_timestamp: "1" })], untimely],
    [
      "PLAINTEXT, both empty",
      [write({ ...plaintext, oauth_nonce: "", oauth_timestamp: "" })],
      untimely,
    ],
  ])("%s", (_what, places, [expected, found]) => {
    const reason = "oauth1_malformed";
    expect(readOAuth1(places)).toMatchObject({ reason, details: { expected, found } });
  });
});
