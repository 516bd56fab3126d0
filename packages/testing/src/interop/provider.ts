import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import Provider from "oidc-provider";

/** The API that tokens are for: one name takes JWTs, the other opaque tokens. */
export const jwtApi = "https://jwt.example.com";
export const opaqueApi = "https://opaque.example.com";
/** Who asks for tokens, and the API itself, which introspects them. */
const app = { id: "app", secret: "app-secret-0123456789abcdef0123456789" };
export const api = { id: "orders-api", secret: "api-secret-0123456789abcdef012345678" };

/** A key pair of the provider's, as a private JWK. */
export async function makeSigningKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

/** A key of a client's that holds bound tokens, and its proofs (RFC 9449 §4.2). */
export async function makeProver() {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  return (claims: { readonly htm: string; readonly htu: string; readonly ath?: string }) =>
    new SignJWT({ jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
      .setIssuedAt()
      .sign(privateKey);
}

/** An OpenID provider by other people, on loopback, that can go down and come back with other keys. */
export async function startProvider(keys: readonly JWK[]) {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  let server = createServer((request, response) => handle(request, response));
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  let provider = createProvider(url, keys);
  handle = provider.callback();

  return {
    url,
    provider: () => provider,
    /** A token by client_credentials; bound to a key if there is a prover. */
    async issue(resource: string, prove?: Awaited<ReturnType<typeof makeProver>>) {
      const proof = await prove?.({ htm: "POST", htu: `${url}/token` });
      const response = await fetch(`${url}/token`, {
        method: "POST",
        headers: { authorization: basic(app), ...(proof && { dpop: proof }) },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          resource,
          scope: "orders:read",
        }),
      });
      if (response.status !== 200) throw new Error(await response.text());
      const { access_token, token_type } = (await response.json()) as Record<string, string>;
      return { token: access_token ?? "", type: token_type };
    },
    async revoke(token: string) {
      const response = await fetch(`${url}/token/revocation`, {
        method: "POST",
        headers: { authorization: basic(app) },
        body: new URLSearchParams({ token }),
      });
      if (response.status !== 200) throw new Error(await response.text());
    },
    /** Signs with the first key from now on. */
    rotate(next: readonly JWK[]) {
      provider = createProvider(url, next);
      handle = provider.callback();
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    async restart() {
      server = createServer((request, response) => handle(request, response));
      await listen(port);
    },
  };
}

function basic({ id, secret }: typeof app): string {
  return `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;
}

function createProvider(url: string, keys: readonly JWK[]): Provider {
  const shared = { redirect_uris: [], response_types: [] };
  const provider = new Provider(url, {
    jwks: { keys: [...keys] as never },
    scopes: ["openid", "offline_access", "orders:read"],
    clients: [
      {
        ...shared,
        client_id: app.id,
        client_secret: app.secret,
        grant_types: ["client_credentials"],
        scope: "orders:read",
      },
      {
        ...shared,
        client_id: api.id,
        client_secret: api.secret,
        grant_types: [],
        introspection_signed_response_alg: "RS256",
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: "orders:read",
          audience: resource,
          accessTokenFormat: resource === jwtApi ? "jwt" : "opaque",
        }),
      },
    },
  });
  return provider;
}
