import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  createGuard,
  createMemoryReplays,
  type DigestOptions,
  digest,
  digestHa1,
} from "@countersign/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { peers, startPeer } from "./peers.ts";
import { withOneChange } from "./tamper.ts";

const run = promisify(execFile);
const realm = "orders";
const password = "Circle of Life";

async function find(username: string) {
  if (username !== "ada" && username !== "J\u00e4s\u00f8n Doe") return undefined;
  const user = { username, realm, password };
  const [sha256, sha512, md5] = await Promise.all([
    digestHa1("SHA-256", user),
    digestHa1("SHA-512-256", user),
    digestHa1("MD5", user),
  ]);
  return { subject: username, ha1: { "SHA-256": sha256, "SHA-512-256": sha512, MD5: md5 } };
}

async function serve(peer: string, options: Partial<DigestOptions> = {}): Promise<string> {
  const start = peers[peer];
  if (start === undefined) throw new Error(`no peer ${peer}`);
  const server = await startPeer(start, (publicUrl) => {
    const scheme = digest({ users: { find }, replays: createMemoryReplays(), ...options });
    return createGuard({ realm, publicUrl, schemes: [scheme] });
  });
  onTestFinished(() => server.close());
  return server.url;
}

/** What curl sends with its last request, and what it gets for it. */
async function curl(...more: string[]) {
  const { stdout, stderr } = await run("curl", [
    "-sv",
    "-w",
    "\n%{http_code}",
    "--digest",
    ...more,
  ]);
  const [status, ...body] = stdout.split("\n").toReversed();
  const sent = [...stderr.matchAll(/^> Authorization: (Digest .*?)\r?$/gim)];
  const json: unknown = JSON.parse(body.toReversed().join("\n"));
  return { status: Number(status), json, authorization: sent.at(-1)?.[1] ?? "" };
}

async function send(url: string, authorization: string, init: RequestInit = {}) {
  const response = await fetch(url, { ...init, headers: { authorization } });
  const { reason } = (await response.json()) as { reason?: string };
  return { status: response.status, reason };
}

describe.each(Object.keys(peers))("digest answers by curl, to %s", (peer) => {
  const ada = ["-u", `ada:${password}`];

  // Not SHA-512-256: by that name curl hashed with SHA-256 for years. RFC 7616 §3.9.2 is tested in core.
  it.each(["SHA-256", "MD5", "SHA-256-sess", "MD5-sess"] as const)(
    "%s is accepted once",
    async (algorithm) => {
      const url = `${await serve(peer, { algorithms: [algorithm] })}/orders?q=%C3%A4&r='x'`;
      const { status, json, authorization } = await curl(...ada, url);
      expect({ status, json }).toEqual({ status: 200, json: { subject: "ada", body: "" } });
      expect(authorization).toContain(`algorithm=${algorithm}`);
      expect(await send(url, authorization)).toEqual({ status: 401, reason: "request_replayed" });
    },
  );

  it("a body goes with auth, and comes through", async () => {
    const url = `${await serve(peer)}/orders`;
    const { status, json } = await curl(...ada, "-d", "item=tea", url);
    expect({ status, json }).toEqual({ status: 200, json: { subject: "ada", body: "item=tea" } });
  });

  it("auth-int covers the body; curl knows it for requests that have none", async () => {
    const url = `${await serve(peer, { qop: ["auth-int"] })}/orders`;
    const { status, authorization } = await curl(...ada, url);
    expect(status).toBe(200);
    expect(authorization).toContain("qop=auth-int");
  });

  it("of two algorithms, curl takes one it knows; a user name beyond ASCII", async () => {
    const url = await serve(peer, { algorithms: ["SHA-256", "MD5"] });
    const { status, json } = await curl("-u", `J\u00e4s\u00f8n Doe:${password}`, url);
    expect({ status, json }).toEqual({
      status: 200,
      json: { subject: "J\u00e4s\u00f8n Doe", body: "" },
    });
  });

  it("a stale nonce is replaced, without asking again", async () => {
    // Each nonce is old before it comes back, until the clock stops at the third request.
    let now = 1_700_000_000_000;
    const start = peers[peer];
    if (start === undefined) throw new Error(`no peer ${peer}`);
    let requests = 0;
    const clock = {
      now() {
        if (++requests <= 2) now += 301_000;
        return now;
      },
    };
    const server = await startPeer(start, (publicUrl) => {
      const scheme = digest({
        users: { find },
        replays: createMemoryReplays({ clock: { now: () => now } }),
      });
      return createGuard({ realm, publicUrl, clock, schemes: [scheme] });
    });
    onTestFinished(() => server.close());
    const { status } = await curl(...ada, server.url);
    expect({ status, requests }).toEqual({ status: 200, requests: 3 });
  });

  it("a wrong password, and an unknown user, are refused", async () => {
    const url = await serve(peer);
    for (const user of ["ada:wrong", `eve:${password}`]) {
      const { status, json } = await curl("-u", user, url);
      expect(status).toBe(401);
      expect(json).toMatchObject({ reason: "digest_invalid" });
    }
  });

  it("by a weaker algorithm, or without what RFC 2069 lacks, it is refused", async () => {
    const weak = await serve(peer, { algorithms: ["MD5"] });
    const url = await serve(peer);
    const { authorization } = await curl(...ada, weak);
    const plain = authorization.replace(/, (?:qop|nc|cnonce)=[^,]*/g, "");
    for (const credentials of [authorization, plain, plain.replace(/, algorithm=MD5/, "")]) {
      expect(await send(url, credentials)).toEqual({ status: 401, reason: "digest_not_offered" });
    }
    expect(await send(weak, plain)).toEqual({ status: 401, reason: "digest_not_offered" });
  });

  it("with any one character changed, or sent elsewhere, it is refused", async () => {
    const url = await serve(peer);
    const { status, authorization } = await curl(...ada, `${url}/orders?a=1`);
    expect(status).toBe(200);
    const reasons = new Set<string | undefined>();
    for (const changed of withOneChange(authorization)) {
      const refused = await send(`${url}/orders?a=1`, changed);
      expect([400, 401], changed).toContain(refused.status);
      // It is the change that is noticed, not that the digest has been used.
      expect(refused.reason, changed).not.toBe("request_replayed");
      reasons.add(refused.reason);
    }
    expect(reasons).toContain("digest_invalid");
    for (const path of ["/orders", "/orders?a=2", "/Orders?a=1", "/orders/?a=1"]) {
      expect((await send(url + path, authorization)).reason).toBe("digest_uri_mismatch");
    }
    const post = await send(`${url}/orders?a=1`, authorization, { method: "POST" });
    expect(post.reason).toBe("digest_invalid");
  });
});
