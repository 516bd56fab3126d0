import { createHmac, createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { oauth1BaseString } from "./oauth1-base-string.ts";
import {
  rsaSha1,
  signOAuth1,
  signOAuth1Rsa,
  verifyOAuth1,
  verifyOAuth1Rsa,
} from "./oauth1-signature.ts";

describe("RFC 5849 §1.2: the printer and the photos", () => {
  const consumerSecret = "kd94hf93k423kf44";
  const common = {
    oauth_consumer_key: "dpf43f3p2l4k3l03",
    oauth_signature_method: "HMAC-SHA1",
  };
  test.each([
    {
      what: "temporary credentials",
      method: "POST",
      url: "https://photos.example.net/initiate",
      more: {
        oauth_timestamp: "137131200",
        oauth_nonce: "wIjqoS",
        oauth_callback: "http://printer.example.com/ready",
      },
      tokenSecret: undefined,
      signature: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
    },
    {
      what: "token credentials",
      method: "POST",
      url: "https://photos.example.net/token",
      more: {
        oauth_token: "hh5s93j4hdidpola",
        oauth_timestamp: "137131201",
        oauth_nonce: "walatlh",
        oauth_verifier: "hfdp7dh39dks9884",
      },
      tokenSecret: "hdhd0244k9j7ao03",
      signature: "gKgrFCywp7rO0OXSjdot/IHF7IU=",
    },
    {
      what: "the photo",
      method: "GET",
      url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
      more: {
        oauth_token: "nnch734d00sl2jdk",
        oauth_timestamp: "137131202",
        oauth_nonce: "chapoH",
      },
      tokenSecret: "pfkkdhi9sl3r4s00",
      signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
    },
  ])("$what", async ({ method, url, more, tokenSecret, signature }) => {
    const parameters = Object.entries({ ...common, ...more });
    const base = oauth1BaseString({ method, url, parameters }) ?? "";
    const secrets = { consumerSecret, tokenSecret };
    expect(await signOAuth1("HMAC-SHA1", base, secrets)).toBe(signature);
    expect(await verifyOAuth1("HMAC-SHA1", base, signature, secrets)).toBe(true);
  });
});

const base =
  "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q" +
  "%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_" +
  "key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m" +
  "ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk" +
  "9d7dh3k39sjv7";
const secrets = { consumerSecret: "j49sk3j29djd", tokenSecret: "dh893hdasih9" };

test("RFC 5849 §3.1, with the signature as erratum 2550 corrects it", async () => {
  expect(await signOAuth1("HMAC-SHA1", base, secrets)).toBe("r6/TJjbCOr97/+UU0NsvSne7s5g=");
  const printed = "bYT5CMsGcbgUdFHObYMEfcx6bsw=";
  expect(await verifyOAuth1("HMAC-SHA1", base, printed, secrets)).toBe(false);
});

test("HMAC-SHA256 is the same with another hash", async () => {
  const expected = createHmac("sha256", "j49sk3j29djd&dh893hdasih9").update(base).digest("base64");
  expect(await signOAuth1("HMAC-SHA256", base, secrets)).toBe(expected);
});

test("secrets are encoded before they are joined (RFC 5849 §3.4.2, §3.4.4)", async () => {
  const odd = { consumerSecret: "a&b %", tokenSecret: "\u00e4" };
  expect(await signOAuth1("PLAINTEXT", base, odd)).toBe("a%26b%20%25&%C3%A4");
  expect(await signOAuth1("PLAINTEXT", base, { consumerSecret: "djr9rjt0jd78jf88" })).toBe(
    "djr9rjt0jd78jf88&",
  );
  expect(await signOAuth1("HMAC-SHA1", base, odd)).toBe(
    createHmac("sha1", "a%26b%20%25&%C3%A4").update(base).digest("base64"),
  );
});

describe("verifying with secrets", () => {
  test.each(["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"] as const)("%s", async (method) => {
    const signature = await signOAuth1(method, base, secrets);
    const holds = (text: string, by = secrets, of = base) => verifyOAuth1(method, of, text, by);
    expect(await holds(signature)).toBe(true);
    expect(await holds(signature, { ...secrets, consumerSecret: "J49sk3j29djd" })).toBe(false);
    expect(await holds(signature, { ...secrets, tokenSecret: "" })).toBe(false);
    for (const other of ["", ` ${signature}`, `${signature}=`, signature.slice(0, -1), "\u00e4"]) {
      expect(await holds(other)).toBe(false);
    }
    if (method !== "PLAINTEXT") expect(await holds(signature, secrets, `${base}x`)).toBe(false);
  });
});

describe("RSA-SHA1 (RFC 5849 §3.4.3), against Node's own", async () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = pair.privateKey.export({ format: "der", type: "pkcs8" });
  const spki = pair.publicKey.export({ format: "der", type: "spki" });
  const privateKey = await crypto.subtle.importKey("pkcs8", der, rsaSha1, false, ["sign"]);
  const publicKey = await crypto.subtle.importKey("spki", spki, rsaSha1, false, ["verify"]);

  test("signs and verifies", async () => {
    const signature = await signOAuth1Rsa(base, privateKey);
    const verify = createVerify("RSA-SHA1").update(base);
    expect(verify.verify(pair.publicKey, signature, "base64")).toBe(true);
    const theirs = createSign("RSA-SHA1").update(base).sign(pair.privateKey, "base64");
    expect(await verifyOAuth1Rsa(base, theirs, publicKey)).toBe(true);
  });

  test("refuses another text, hash, padding, spelling, and what is no signature", async () => {
    const signature = await signOAuth1Rsa(base, privateKey);
    expect(await verifyOAuth1Rsa(`${base}x`, signature, publicKey)).toBe(false);
    const sha256 = createSign("RSA-SHA256").update(base).sign(pair.privateKey, "base64");
    expect(await verifyOAuth1Rsa(base, sha256, publicKey)).toBe(false);
    const pss = createSign("RSA-SHA1")
      .update(base)
      .sign({ key: pair.privateKey, padding: 6 }, "base64");
    expect(await verifyOAuth1Rsa(base, pss, publicKey)).toBe(false);
    // 256 bytes leave two stray bits in the last character before "==".
    const stray = signature.replace(/.==$/, (end) => `${next(end.charAt(0))}==`);
    const url = signature.replaceAll("+", "-").replaceAll("/", "_");
    for (const other of ["", "=", "A", "\u00e4\u00e4\u00e4\u00e4", `${signature}\n`, stray, url]) {
      if (other !== signature) expect(await verifyOAuth1Rsa(base, other, publicKey)).toBe(false);
    }
    expect(stray).not.toBe(signature);
  });
});

function next(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}
