import { basic, clientCredentials, createAuthFetch } from "@countersign/client";
import type { Fleet } from "./fleet.ts";
import type { Row } from "./row.ts";

type Send = (url: string) => Promise<Response>;

interface Refusal {
  readonly what: string;
  readonly request: string;
  readonly send: (api: string) => Send;
  readonly status: number;
  readonly reason: string;
}

/** Shows each API bad credentials, and says how it refused them. */
export async function makeRefusals({ apis, issuerUrl, credentials }: Fleet): Promise<Row[]> {
  const { username, apiKey, clientId, clientSecret } = credentials;
  const reader = clientCredentials({
    issuer: issuerUrl,
    clientId,
    clientSecret,
    scope: "orders:read",
  });
  const { value } = await reader.token();
  const token = value.reveal();
  const plain =
    (headers: Record<string, string>, method = "GET") =>
    () =>
    (url: string) =>
      fetch(url, { method, headers });

  const refusals: readonly Refusal[] = [
    {
      what: "no credential",
      request: "GET /private",
      send: plain({}),
      status: 401,
      reason: "credential_missing",
    },
    {
      what: "a token with a changed signature",
      request: "GET /private",
      send: plain({ authorization: `Bearer ${tamper(token)}` }),
      status: 401,
      reason: "signature_invalid",
    },
    {
      what: "a token that says alg: none",
      request: "GET /private",
      send: plain({ authorization: `Bearer ${unsign(token)}` }),
      status: 401,
      reason: "algorithm_not_allowed",
    },
    {
      what: "a token of another issuer",
      request: "GET /private",
      send: plain({ authorization: `Bearer ${reissue(token)}` }),
      status: 401,
      reason: "issuer_mismatch",
    },
    {
      what: "a wrong password",
      request: "GET /protected",
      send: (url) =>
        createAuthFetch({ origins: [url], credential: basic({ username, password: "wrong" }) }),
      status: 401,
      reason: "password_invalid",
    },
    {
      what: "an API key with a typing error",
      request: "GET /data",
      send: plain({ "x-api-key": tamper(apiKey) }),
      status: 401,
      reason: "api_key_invalid",
    },
    {
      what: "an API key where only JWTs go",
      request: "GET /private",
      send: plain({ "x-api-key": apiKey }),
      status: 401,
      reason: "scheme_not_admitted",
    },
    {
      what: "a token and an API key at once",
      request: "GET /whoami",
      send: plain({ authorization: `Bearer ${token}`, "x-api-key": apiKey }),
      status: 400,
      reason: "credential_conflict",
    },
    {
      what: "a token without the scope",
      request: "POST /orders",
      send: plain({ authorization: `Bearer ${token}` }, "POST"),
      status: 403,
      reason: "scope_missing",
    },
    {
      what: "a token without the role",
      request: "DELETE /orders/2",
      send: plain({ authorization: `Bearer ${token}` }, "DELETE"),
      status: 403,
      reason: "role_missing",
    },
  ];

  const rows: Row[] = [];
  for (const { framework, url } of apis) {
    for (const { what, request, send, status, reason } of refusals) {
      const response = await send(url)(url + request.split(" ")[1]);
      const problem = (await response.json()) as { reason?: string; detail?: string };
      const { reason: found = "none" } = problem;
      rows.push({
        cells: [what, framework, request, String(response.status), found],
        expected: [what, framework, request, String(status), reason],
      });
    }
  }
  return rows;
}

/** One character in the last third is another one. */
function tamper(text: string): string {
  const at = text.length - 20;
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function unsign(token: string): string {
  return `${encode({ alg: "none", typ: "at+jwt" })}.${token.split(".")[1]}.`;
}

function reissue(token: string): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  return `${header}.${encode({ ...claims, iss: "https://evil.example.com" })}.${signature}`;
}
