import { sha256 } from "@countersign/core/wire";
import { createTestIssuer } from "../issuer/create-test-issuer.ts";
import type { TestIssuerOptions } from "../issuer/options.ts";

export const redirectUri = "https://app.test/callback";
export const verifier = "a-code-verifier-of-at-least-forty-three-letters";
export const secret = "a secret of the service";
export const grantOfDevices = "urn:ietf:params:oauth:grant-type:device_code";

/** An answer of an endpoint, read. */
export interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A test issuer with two public clients and a confidential one, and what they send. */
export async function createClientKit(options: TestIssuerOptions = {}) {
  const issuer = createTestIssuer({
    clients: [
      { id: "app", redirectUris: [redirectUri, "http://127.0.0.1/back"] },
      { id: "other", redirectUris: [redirectUri] },
      { id: "service", secret, scopes: ["read"] },
    ],
    users: [{ subject: "ada" }, { subject: "bob", roles: ["admin"] }],
    ...options,
  });
  const request: Record<string, string> = {
    response_type: "code",
    client_id: "app",
    redirect_uri: redirectUri,
    scope: "read",
    state: "a state",
    code_challenge: await sha256(verifier),
    code_challenge_method: "S256",
  };

  async function post(path: string, form: Record<string, string>): Promise<Said> {
    const body = new URLSearchParams(form);
    const answer = await issuer.fetch(`${issuer.url}${path}`, { method: "POST", body });
    return { status: answer.status, body: (await answer.json()) as Said["body"] };
  }

  /** What `/authorize` answers: a redirect's parameters, or what it refuses with. */
  async function authorize(changes: Record<string, string | undefined> = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...request, ...changes })) {
      if (value !== undefined) query.set(name, value);
    }
    const answer = await issuer.fetch(`${issuer.url}/authorize?${query}`);
    const location = answer.headers.get("location");
    if (location === null) return { status: answer.status, ...((await answer.json()) as object) };
    const { origin, pathname, searchParams } = new URL(location);
    return { status: 302, to: origin + pathname, ...Object.fromEntries(searchParams) };
  }

  async function getCode(changes?: Record<string, string>): Promise<string> {
    const answer = await authorize(changes);
    return "code" in answer ? String(answer.code) : "";
  }

  const exchange = (code: string, changes: Record<string, string> = {}) =>
    post("/token", {
      grant_type: "authorization_code",
      client_id: "app",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...changes,
    });

  return { issuer, request, post, authorize, getCode, exchange };
}
