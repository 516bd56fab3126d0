import { createIssuer, type Issuer, IssuerError } from "@countersign/issuer";
import { problem, readJson } from "./http.ts";
import type { Settings } from "./settings.ts";
import { type Users, userScopes } from "./users.ts";

/** Who logs people in: an issuer, and the routes at which users meet it. */
export interface Identity {
  readonly issuer: Issuer;
  /** The paths that {@link Identity.fetch} answers. */
  readonly paths: readonly string[];
  fetch(request: Request): Promise<Response>;
}

/** An issuer for the demo's user and client, with login routes. */
export function createIdentity(settings: Settings, accounts: Users): Identity {
  const { publicUrl, audience, client } = settings;
  const issuer = createIssuer({
    url: publicUrl,
    audience,
    clients: [{ ...client, scopes: userScopes }],
  });

  const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    "/login": async (request) => {
      const { username, password } = await readJson(request);
      if (typeof username !== "string" || typeof password !== "string") {
        return problem(400, "Send JSON: { username, password }");
      }
      const user = await accounts.users.find(username);
      const isRight = await accounts.passwords.verify(user?.passwordHash, password);
      if (user === undefined || !isRight) {
        return problem(401, "The user name or the password is wrong", {
          "www-authenticate": 'Bearer realm="orders"',
        });
      }
      const answer = await issuer.issue({
        subject: user.subject,
        scope: user.scopes ?? [],
        roles: user.roles ?? [],
        authenticatedAt: Math.floor(Date.now() / 1000),
        methods: ["pwd"],
        refreshable: true,
      });
      return answerWith(answer);
    },
    "/refresh": async (request) => {
      const { refresh_token } = await readJson(request);
      if (typeof refresh_token !== "string") return problem(400, "Send JSON: { refresh_token }");
      return answerWith(await issuer.refresh(refresh_token));
    },
    "/logout": async (request) => {
      const { refresh_token } = await readJson(request);
      if (typeof refresh_token !== "string") return problem(400, "Send JSON: { refresh_token }");
      await issuer.revoke(refresh_token);
      return new Response(null, { status: 204 });
    },
  };

  return {
    issuer,
    paths: [
      ...Object.keys(routes),
      "/token",
      "/revoke",
      "/jwks",
      "/.well-known/oauth-authorization-server",
      "/.well-known/openid-configuration",
    ],
    async fetch(request) {
      const route = routes[new URL(request.url).pathname];
      if (route === undefined) return issuer.fetch(request);
      if (request.method !== "POST") return problem(405, "Send a POST", { allow: "POST" });
      try {
        return await route(request);
      } catch (error) {
        return toAnswer(error);
      }
    },
  };
}

function answerWith(answer: object): Response {
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

function toAnswer(error: unknown): Response {
  if (error instanceof Response) return error;
  if (!(error instanceof IssuerError)) throw error;
  return Response.json(
    { error: error.error, error_description: error.message },
    { status: error.status, headers: { "cache-control": "no-store" } },
  );
}
