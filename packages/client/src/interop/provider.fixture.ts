import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type Configuration } from "oidc-provider";

/** The API that tokens are for. */
export const audience = "https://orders.example.com";
export const secret = "app-secret-0123456789abcdef0123456789";
export const redirectUri = "https://app.example.com/callback";

const deviceCode = "urn:ietf:params:oauth:grant-type:device_code";

/** An OpenID provider by other people, on loopback, that knows one user, who agrees to all. */
export async function startProvider() {
  const signing = await generateKeyPair("RS256", { extractable: true });
  const client = await generateKeyPair("ES256");
  let handle: RequestListener = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const codeClient = {
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code" as const],
  };
  const provider = new Provider(url, {
    ...configuration,
    jwks: {
      keys: [{ ...(await exportJWK(signing.privateKey)), alg: "RS256", use: "sig" } as never],
    },
    clients: [
      { ...codeClient, client_id: "public", token_endpoint_auth_method: "none" },
      { ...codeClient, client_id: "web", client_secret: secret },
      {
        ...codeClient,
        client_id: "native",
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["http://127.0.0.1/callback"],
      },
      {
        client_id: "device",
        token_endpoint_auth_method: "none",
        redirect_uris: [],
        response_types: [],
        grant_types: [deviceCode, "refresh_token"],
      },
      {
        client_id: "service",
        client_secret: secret,
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
      },
      {
        client_id: "post",
        client_secret: secret,
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
      },
      {
        client_id: "signer",
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        jwks: { keys: [{ ...(await exportJWK(client.publicKey)), kid: "k1" } as never] },
        redirect_uris: [redirectUri],
        response_types: ["code"],
        grant_types: ["client_credentials", "authorization_code", "refresh_token"],
      },
    ],
  });
  const serve = provider.callback();
  handle = (request, response) => {
    const isLogin = request.url?.startsWith("/interaction/");
    const login = { login: { accountId: "ada" }, consent: {} };
    void (isLogin
      ? provider.interactionFinished(request, response, login)
      : serve(request, response));
  };
  return {
    url,
    /** Of the client `signer`. */
    key: client.privateKey,
    provider,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const configuration: Configuration = {
  scopes: ["openid", "offline_access", "orders:read", "orders:write"],
  findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  pkce: { required: () => true },
  /** The user agrees to what is asked for. */
  async loadExistingGrant({ oidc }) {
    const { client, session, provider, params } = oidc;
    const accountId = session?.accountId;
    if (!client || !accountId) return undefined;
    const grant = new provider.Grant({ clientId: client.clientId, accountId });
    grant.addOIDCScope(String(params?.scope));
    grant.addResourceScope(audience, String(params?.scope));
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "orders:read orders:write",
        audience,
        accessTokenFormat: "jwt",
      }),
    },
  },
};
