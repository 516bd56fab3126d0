import {
  apiKey,
  basic,
  bearer,
  type Credential,
  clientCredentials,
  createAuthFetch,
} from "@countersign/client";
import type { Fleet } from "./fleet.ts";
import type { Row } from "./row.ts";

interface Call {
  readonly how: string;
  readonly credential: Credential;
  readonly request: string;
  readonly body?: object;
  readonly status: number;
  /** The scheme and the subject that the API must have seen. */
  readonly seen: readonly [scheme: string, who: string];
}

/** Calls every API in every way, through the client, and says how each call came out. */
export async function makeCalls({ apis, issuerUrl, credentials }: Fleet): Promise<Row[]> {
  const { username, password, apiKey: key, clientId, clientSecret } = credentials;
  const login = bearer(await logIn(issuerUrl, { username, password }));
  const client = bearer(
    clientCredentials({
      issuer: issuerUrl,
      clientId,
      clientSecret,
      scope: "orders:read orders:write",
    }),
  );
  const partner = ["api-key", "demo-partner"] as const;
  const user = ["jwt", username] as const;
  const app = ["jwt", clientId] as const;

  const calls: readonly Call[] = [
    {
      how: "API key, own header",
      credential: apiKey({ key }),
      request: "GET /data",
      status: 200,
      seen: partner,
    },
    {
      how: "API key, Authorization: ApiKey",
      credential: apiKey({ key: `ApiKey ${key}`, header: "Authorization" }),
      request: "GET /data",
      status: 200,
      seen: partner,
    },
    {
      how: "API key, Authorization: Bearer",
      credential: bearer(key),
      request: "GET /data",
      status: 200,
      seen: partner,
    },
    {
      how: "API key, query",
      credential: apiKey({ key, query: "api_key" }),
      request: "GET /data",
      status: 200,
      seen: partner,
    },
    {
      how: "Basic",
      credential: basic({ username, password }),
      request: "GET /protected",
      status: 200,
      seen: ["basic", username],
    },
    {
      how: "JWT of a login",
      credential: login,
      request: "GET /protected",
      status: 200,
      seen: user,
    },
    { how: "JWT of a login", credential: login, request: "GET /private", status: 200, seen: user },
    {
      how: "JWT, client credentials",
      credential: client,
      request: "GET /private",
      status: 200,
      seen: app,
    },
    {
      how: "JWT, client credentials",
      credential: client,
      request: "GET /orders",
      status: 200,
      seen: app,
    },
    {
      how: "JWT, client credentials",
      credential: client,
      request: "POST /orders",
      body: { item: "a compass", quantity: 1 },
      status: 201,
      seen: app,
    },
    {
      how: "JWT of a login",
      credential: login,
      request: "DELETE /orders/1",
      status: 204,
      seen: user,
    },
  ];

  const rows: Row[] = [];
  for (const { framework, url } of apis) {
    for (const call of calls) rows.push(await makeCall(framework, url, call));
  }
  return rows;
}

async function makeCall(framework: string, url: string, call: Call): Promise<Row> {
  const { how, credential, request, body, status, seen } = call;
  const [method = "GET", path = "/"] = request.split(" ");
  const api = createAuthFetch({ origins: [url], credential });
  const response = await api(url + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  await response.body?.cancel();
  const { scheme = "nobody", subject = "" } = await askWho(api, url);
  return {
    cells: [how, framework, request, String(response.status), `${subject} (${scheme})`],
    expected: [how, framework, request, String(status), `${seen[1]} (${seen[0]})`],
  };
}

async function askWho(
  api: typeof fetch,
  url: string,
): Promise<{ scheme?: string; subject?: string }> {
  const response = await api(`${url}/whoami`);
  return (await response.json()) as { scheme?: string; subject?: string };
}

async function logIn(issuerUrl: string, credentials: object): Promise<string> {
  const response = await fetch(`${issuerUrl}/login`, {
    method: "POST",
    body: JSON.stringify(credentials),
    headers: { "content-type": "application/json" },
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
