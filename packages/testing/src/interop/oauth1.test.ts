import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { request } from "node:http";
import { createGuard, createMemoryReplays, oauth1 } from "@countersign/core";
import OAuth from "oauth-1.0a";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listening } from "../issuer/listen.ts";
import { peers, startPeer } from "./peers.ts";
import { withOneChange } from "./tamper.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
const token = { key: "nnch734d00sl2jdk", secret: "pfkkdhi9sl3r4s00" };

function client(method: string) {
  const hmac = (hash: string) => (base: string, key: string) =>
    createHmac(hash, key).update(base).digest("base64");
  const hashes: Record<string, (base: string, key: string) => string> = {
    "HMAC-SHA1": hmac("sha1"),
    "HMAC-SHA256": hmac("sha256"),
    "RSA-SHA1": (base) => createSign("RSA-SHA1").update(base).sign(privateKey, "base64"),
    PLAINTEXT: (_base, key) => key,
  };
  return new OAuth({
    consumer: { key: method === "RSA-SHA1" ? "signer" : "printer", secret: "kd94hf93k423kf44" },
    signature_method: method,
    ...(hashes[method] && { hash_function: hashes[method] }),
  });
}

/** What `authorize` gives has the request's own parameters in it, those of the query too. */
function toForm(signed: OAuth.Authorization): string {
  const pairs = Object.entries(signed).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return new URLSearchParams(pairs).toString();
}

describe.each(Object.entries(peers))("requests signed by oauth-1.0a, to %s", (_name, start) => {
  let peer: Listening;
  beforeAll(async () => {
    peer = await startPeer(start, (publicUrl) =>
      createGuard({
        publicUrl,
        schemes: [
          oauth1({
            consumers: {
              find: (key) => {
                if (key === "signer") return { subject: "signer-inc", publicKey: pem };
                if (key !== "printer") return undefined;
                return { subject: "printer-inc", secret: "kd94hf93k423kf44" };
              },
            },
            tokens: {
              find: (key) => (key === token.key ? { subject: "ada", ...token } : undefined),
            },
            signatureMethods: ["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"],
            replays: createMemoryReplays(),
          }),
        ],
      }),
    );
  });
  afterAll(() => peer.close());

  const send = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    const json = (await response.json()) as { subject?: string; body?: string; reason?: string };
    return { status: response.status, ...json };
  };

  describe("attacks", () => {
    const sign = (url: string, change: Partial<OAuth.Data> = {}, method = "GET") => {
      const signer = client("HMAC-SHA256");
      const nonce = signer.getNonce();
      const data: OAuth.Data = {
        oauth_consumer_key: "printer",
        oauth_nonce: nonce,
        oauth_signature_method: "HMAC-SHA256",
        oauth_timestamp: signer.getTimeStamp(),
        oauth_version: "1.0",
        ...change,
      };
      const oauth_signature = signer.getSignature({ url, method }, undefined, { ...data });
      return { ...signer.toHeader({ ...data, oauth_signature }) };
    };
    const now = () => Math.floor(Date.now() / 1000);

    it("an old timestamp, and one to come", async () => {
      for (const oauth_timestamp of [now() - 310, now() + 310]) {
        const headers = sign(peer.url, { oauth_timestamp });
        expect(await send(peer.url, { headers })).toMatchObject({
          status: 401,
          reason: "oauth1_timestamp_refused",
        });
      }
    });

    it("another method, host or port than was signed", async () => {
      const { port } = new URL(peer.url);
      for (const headers of [
        sign(`${peer.url}/`, {}, "POST"),
        sign(`http://localhost:${port}/`),
        sign("http://127.0.0.1/"),
        sign(`https://127.0.0.1:${port}/`),
      ]) {
        expect(await send(peer.url, { headers })).toMatchObject({
          status: 401,
          reason: "oauth1_signature_invalid",
        });
      }
    });

    it("a Host field that says what was signed", async () => {
      const headers = { ...sign("http://evil.example/"), host: "evil.example" };
      const status = await new Promise((resolve, reject) => {
        const outgoing = request(peer.url, { headers }, (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode);
        });
        outgoing.on("error", reject).end();
      });
      expect(status).toBe(401);
    });

    it("an oauth_ parameter twice, in one place or in two", async () => {
      const { Authorization: field } = sign(`${peer.url}/`);
      const twice = { authorization: `${field}, oauth_version="1.0"` };
      expect(await send(peer.url, { headers: twice })).toMatchObject({ status: 400 });
      const headers = { authorization: field };
      expect(await send(`${peer.url}/?oauth_version=1.0`, { headers })).toMatchObject({
        status: 400,
      });
    });

    it("a control: parameters in another order, otherwise encoded, are the same", async () => {
      const headers = sign(`${peer.url}/?a=x%20y&b=%7E`);
      expect(await send(`${peer.url}/?b=~&a=x+y`, { headers })).toMatchObject({ status: 200 });
    });
  });

  describe.each(["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"])("%s", (method) => {
    const subject = method === "RSA-SHA1" ? "signer-inc" : "printer-inc";
    const form = { title: "My photo (1)!", tags: "a&b=c" };
    const encoded = "title=My+photo+%281%29%21&tags=a%26b%3Dc";
    const type = { "content-type": "application/x-www-form-urlencoded" };

    it("in the header, once", async () => {
      const url = `${peer.url}/photos?file=vacation.jpg&size=original&q=%C3%A4%20%2B`;
      const headers = {
        ...client(method).toHeader(client(method).authorize({ url, method: "GET" })),
      };
      expect(await send(url, { headers })).toEqual({ status: 200, subject, body: "" });
      expect(await send(url, { headers })).toMatchObject({ reason: "request_replayed" });
    });

    it("for a user, with a token", async () => {
      const url = `${peer.url}/photos`;
      const authorization = client(method).authorize({ url, method: "GET" }, token);
      const headers = { ...client(method).toHeader(authorization) };
      expect(await send(url, { headers })).toEqual({ status: 200, subject: "ada", body: "" });
    });

    it("in the query", async () => {
      const url = `${peer.url}/photos`;
      const signed = client(method).authorize({ url: `${url}?file=a`, method: "GET" });
      expect(await send(`${url}?${toForm(signed)}`)).toEqual({ status: 200, subject, body: "" });
    });

    it("in the header, with a form, which comes through", async () => {
      const signing = { url: `${peer.url}/photos`, method: "POST", data: form };
      const headers = { ...client(method).toHeader(client(method).authorize(signing)), ...type };
      const post = { method: "POST", headers };
      const changed = { ...post, body: encoded.replace("My", "Mx") };
      if (method !== "PLAINTEXT") {
        expect(await send(signing.url, changed)).toMatchObject({
          status: 401,
          reason: "oauth1_signature_invalid",
        });
      }
      expect(await send(signing.url, { ...post, body: encoded })).toEqual({
        status: 200,
        subject,
        body: encoded,
      });
    });

    it("in the form, which comes through", async () => {
      const signing = { url: `${peer.url}/photos`, method: "POST", data: form };
      const signed = client(method).authorize(signing);
      const body = toForm(signed);
      const post = { method: "POST", headers: type, body };
      expect(await send(signing.url, post)).toEqual({ status: 200, subject, body });
    });

    it("with any one character changed it is refused", async () => {
      const url = `${peer.url}/photos?a=1`;
      const authorization = client(method).authorize({ url, method: "GET" });
      const { Authorization: field } = client(method).toHeader(authorization);
      // What PLAINTEXT covers is nothing but the secrets.
      const from = method === "PLAINTEXT" ? field.indexOf("oauth_signature=") : 0;
      const end = method === "PLAINTEXT" ? field.indexOf('"', from + 18) : field.length;
      for (const changed of withOneChange(field.slice(0, end), from)) {
        const headers = { authorization: changed + field.slice(end) };
        const refused = await send(url, { headers });
        expect([400, 401], changed).toContain(refused.status);
        expect(refused.reason, changed).not.toBe("request_replayed");
      }
      expect((await send(url, { headers: { authorization: field } })).status).toBe(200);
      if (method === "PLAINTEXT") return;
      for (const other of [`${peer.url}/photos?a=2`, `${peer.url}/Photos?a=1`, `${url}&b`]) {
        const refused = await send(other, { headers: { authorization: field } });
        expect(refused).toMatchObject({ status: 401, reason: "oauth1_signature_invalid" });
      }
    });
  });
});
