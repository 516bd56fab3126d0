/** The test issuer, as requests_oauthlib of Debian sees it, in a process of its own. */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { createRunningClock } from "../issuer/clock.ts";
import { createTestIssuer } from "../issuer/create-test-issuer.ts";

const python = "/usr/bin/python3";
const isThere = spawnSync(python, ["-c", "import requests_oauthlib"]).status === 0;
const howToGetIt = "needs requests_oauthlib: apt-get install -y python3-requests-oauthlib";

type Results = Record<string, Record<string, string>> & { readonly code_again: string };

async function run(known: object): Promise<Results> {
  const script = fileURLToPath(new URL("test-issuer.py", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // It is loopback; the library does not know.
  const env = { PATH: process.env.PATH, OAUTHLIB_INSECURE_TRANSPORT: "1" };
  const child = execFile(python, [script], { env, timeout: 15_000 }, (error, stdout) =>
    error ? reject(error) : resolve(stdout),
  );
  child.stdin?.end(JSON.stringify(known));
  return JSON.parse(await promise) as Results;
}

describe.skipIf(!isThere)(`requests_oauthlib (${howToGetIt})`, () => {
  it("gets tokens for itself, logs in by code and PKCE, asks who it is, refreshes", async () => {
    const app = { id: "app", redirectUri: "http://127.0.0.1:8080/callback" };
    // It does not escape what goes into Basic, as RFC 6749 §2.3.1 has it: so nothing to escape.
    const service = { id: "service", secret: "a-secret-of-the-service", scopes: ["read"] };
    await using issuer = createTestIssuer({
      clients: [{ id: app.id, redirectUris: [app.redirectUri] }, service],
      users: [{ subject: "ada", claims: { name: "Ada" } }],
      clock: createRunningClock(),
    });
    await issuer.listen();
    const results = await run({ issuer: issuer.url, app, service });

    const subjectOf = (grant: string) => decodeJwt(results[grant]?.access_token ?? "").sub;
    expect(subjectOf("client_credentials")).toBe("service");
    expect(subjectOf("authorization_code")).toBe("ada");
    expect(decodeJwt(results.authorization_code?.id_token ?? "")).toMatchObject({
      ...{ iss: issuer.url, sub: "ada", aud: "app", nonce: "n-1", name: "Ada" },
    });
    expect(results.userinfo).toEqual({ sub: "ada", name: "Ada" });
    expect(subjectOf("refresh_token")).toBe("ada");
    expect(results.code_again).toBe("invalid_grant");
  });
});
