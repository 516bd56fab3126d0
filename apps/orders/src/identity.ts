import { xForwarded } from "@countersign/core";
import { createIssuer, createKeyRing, type Issuer, IssuerError } from "@countersign/issuer";
import { readEncryptionKeys } from "./encryption-keys.ts";
import { problem, readJson } from "./http.ts";
import { createLoginLimits } from "./login-limits.ts";
import type { Settings } from "./settings.ts";
import type { State } from "./state.ts";
import { type Users, userScopes } from "./users.ts";

/** Who logs people in: an issuer, and the routes at which users meet it. */
export interface Identity {
  readonly issuer: Issuer;
  /** The paths that {@link Identity.fetch} answers. */
  readonly paths: readonly string[];
  /** @param address the other end of the connection */
  fetch(request: Request, address?: string): Promise<Response>;
}

const accessTokenLifetime = 300;

/**
 * An issuer for the demo's user and client, with login routes.
 *
 * @throws ConfigurationError when its signing keys cannot be opened
 */
export async function createIdentity(
  settings: Settings,
  accounts: Users,
  state: State,
): Promise<Identity> {
  const { publicUrl, audience, client } = settings;
  const addresses = new WeakMap<Request, string>();
  const keys = createKeyRing({
    store: state.signingKeys,
    encryptionKey: readEncryptionKeys(settings),
    retention: accessTokenLifetime + 60,
    rotateEvery: 30 * 86_400,
  });
  await keys.current();
  const issuer = createIssuer({
    url: publicUrl,
    audience,
    keys,
    accessTokenLifetime,
    store: state.refreshTokens,
    revocations: state.revocations,
    clients: [{ ...client, scopes: userScopes, audience }],
    throttle: {
      address: (request) => addresses.get(request) ?? "unknown",
      failures: state.throttle({ name: "clients", points: 100, duration: 60 }),
    },
    onEvent: ({ type, ...details }) => console.error(type, details),
  });
  const limited = createLoginLimits(state.throttle({ name: "logins", points: 100, duration: 60 }));
  const callerOf = toCaller(settings.trustedProxies);

  const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    "/login": async (request) => {
      const { username, password } = await readJson(request);
      if (typeof username !== "string" || typeof password !== "string") {
        return problem(400, "Send JSON: { username, password }");
      }
      const user = await accounts.users.find(username);
      const isRight = await limited(addresses.get(request), username, async () =>
        accounts.passwords.verify(user?.passwordHash, password),
      );
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
      "/introspect",
      "/jwks",
      "/.well-known/oauth-authorization-server",
      "/.well-known/openid-configuration",
    ],
    async fetch(request, address) {
      const caller = callerOf(request, address);
      if (caller !== undefined) addresses.set(request, caller);
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

/** Who sent a request: behind proxies that are trusted, whoever these say. */
function toCaller(proxies: readonly string[]) {
  const trusted = proxies.length > 0 ? xForwarded(...proxies) : undefined;
  return ({ headers }: Request, address: string | undefined): string | undefined => {
    const peer = { address, secure: false };
    return (trusted?.(peer, (name) => headers.get(name) ?? undefined) ?? peer).address;
  };
}

function answerWith(answer: object): Response {
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}

function toAnswer(error: unknown): Response {
  if (error instanceof Response) return error;
  if (!(error instanceof IssuerError)) throw error;
  return Response.json(error, { status: error.status, headers: error.headers });
}
