import { exportSPKI, importJWK } from "jose";
import {
  ada,
  allowed,
  badRequest,
  bearer,
  type ContractCase,
  everyChallenge,
  forbidden,
  get,
  type Headers,
  minted,
  noCredential,
  ofError,
  others,
  partner,
  plainBearer,
  refused,
  unauthorized,
  user,
} from "./case.ts";
import { dpopCases } from "./dpop-cases.ts";
import { transportCases } from "./transport-cases.ts";

const invalidToken = (reason: string, detail: string) =>
  refused(
    unauthorized,
    { detail, error: "invalid_token", reason },
    `${ofError("invalid_token", detail)}, ${others}`,
  );
const notAdmitted = (challenges: string) =>
  refused(
    unauthorized,
    {
      detail: "This resource does not take this kind of credential",
      reason: "scheme_not_admitted",
    },
    challenges,
  );
const conflict = refused(
  badRequest,
  {
    detail: "The request carries more than one credential; send one",
    error: "invalid_request",
    reason: "credential_conflict",
  },
  ofError("invalid_request", "The request carries more than one credential; send one"),
);
const unreadable = refused(
  badRequest,
  {
    detail: "The Authorization header holds no well-formed credential",
    error: "invalid_request",
    reason: "credential_malformed",
  },
  ofError("invalid_request", "The Authorization header holds no well-formed credential"),
);
const wrongPassword = refused(
  unauthorized,
  { detail: "The user name or the password is wrong", reason: "password_invalid" },
  `Basic realm="contract", charset="UTF-8", ${plainBearer}, ApiKey realm="contract"`,
);
const wrongKey = refused(
  unauthorized,
  { detail: "The API key is not valid", reason: "api_key_invalid" },
  `ApiKey realm="contract", ${plainBearer}, Basic realm="contract", charset="UTF-8"`,
);
const unavailable = (detail: string, reason: string, retryAfter: string) => ({
  ...refused([503, "Service Unavailable"], { detail, reason }),
  headers: { "cache-control": "no-store", "retry-after": retryAfter },
});

const basicHeader = (pair: string): Headers => [["authorization", `Basic ${btoa(pair)}`]];

/**
 * What every adapter must answer, byte for byte, in this order: the issuer is stopped for the last
 * ones.
 */
export const contractCases: readonly ContractCase[] = [
  ...transportCases,
  ...dpopCases,
  { name: "a token", request: minted("/any"), answer: allowed(user) },
  {
    name: "a token under a lower-case scheme",
    request: async ({ issuer }) =>
      get("/any", [["authorization", `bearer ${await issuer.mint()}`]]),
    answer: allowed(user),
  },
  { name: "a token where only tokens go", request: minted("/private"), answer: allowed(user) },
  { name: "a token on an optional route", request: minted("/optional"), answer: allowed(user) },
  {
    name: "an API key in its header",
    request: ({ apiKey }) => get("/any", [["x-api-key", apiKey]]),
    answer: allowed(partner),
  },
  {
    name: "an API key in the query",
    request: ({ apiKey }) => get(`/any?x=1&api_key=${apiKey}`),
    answer: allowed(partner),
  },
  {
    name: "a password",
    request: () => get("/any", basicHeader("ada:lovelace")),
    answer: allowed(ada),
  },
  {
    name: "nobody on an optional route",
    request: () => get("/optional"),
    answer: allowed({ scheme: null }),
  },
  {
    name: "a token with the scope that is asked for",
    request: minted("/orders/7?full=1", { scope: "profile orders:read" }),
    answer: allowed({ ...user, scopes: ["profile", "orders:read"] }),
  },
  {
    name: "a recent login of an admin",
    request: async ({ issuer }) => {
      const auth_time = Math.floor(issuer.clock.now() / 1000) - 60;
      return get("/fresh", bearer(await issuer.mint({ roles: ["admin"], claims: { auth_time } })));
    },
    answer: allowed({ ...user, roles: ["admin"] }),
  },

  { name: "no credential", request: () => get("/any"), answer: noCredential },
  {
    name: "no credential where only tokens go",
    request: () => get("/private"),
    answer: {
      ...noCredential,
      headers: { ...noCredential.headers, "www-authenticate": plainBearer },
    },
  },
  {
    name: "an expired token",
    request: minted("/any", { expiresIn: -60 }),
    answer: invalidToken("token_expired", "The access token has expired"),
  },
  {
    name: "a token for another audience",
    request: minted("/any", { audience: "https://other.test" }),
    answer: invalidToken("audience_mismatch", "The access token is meant for another audience"),
  },
  {
    name: "a token of another issuer",
    request: minted("/any", { issuer: "https://other.test" }),
    answer: invalidToken("issuer_mismatch", "The issuer of the access token is not trusted"),
  },
  {
    name: "a token signed by an unknown key",
    request: minted("/any", { header: { kid: "unknown" } }),
    answer: invalidToken("key_not_found", "The key that signed the access token is not known"),
  },
  {
    name: "an unsigned token",
    request: minted("/any", { header: { alg: "none" } }),
    answer: invalidToken(
      "algorithm_not_allowed",
      "The access token is signed with an algorithm that is not accepted",
    ),
  },
  {
    name: "a token with one bit of its signature flipped",
    request: async ({ issuer }) => get("/any", bearer(flipBit(await issuer.mint()))),
    answer: invalidToken("signature_invalid", "The signature of the access token does not hold"),
  },
  {
    name: "a token signed with the public key as an HMAC secret",
    request: async ({ issuer }) => {
      const [jwk] = (await issuer.jwks()).keys;
      const pem = await exportSPKI(
        (await importJWK({ ...jwk }, "RS256", { extractable: true })) as never,
      );
      const key = new TextEncoder().encode(pem);
      return get("/any", bearer(await issuer.mint({ key, header: { alg: "HS256" } })));
    },
    answer: invalidToken(
      "algorithm_not_allowed",
      "The access token is signed with an algorithm that is not accepted",
    ),
  },
  {
    name: "rubbish as a token",
    request: () => get("/any", bearer("rubbish")),
    answer: invalidToken("token_malformed", "The access token is malformed"),
  },
  {
    name: "a bad token on an optional route",
    request: minted("/optional", { expiresIn: -60 }),
    answer: invalidToken("token_expired", "The access token has expired"),
  },
  {
    name: "a wrong password on an optional route",
    request: () => get("/optional", basicHeader("ada:babbage")),
    answer: wrongPassword,
  },
  {
    name: "a user who does not exist",
    request: () => get("/any", basicHeader("eve:x")),
    answer: wrongPassword,
  },
  {
    name: "a token under Basic",
    request: async ({ issuer }) => get("/any", [["authorization", `Basic ${await issuer.mint()}`]]),
    answer: wrongPassword,
  },
  {
    name: "a wrong API key",
    request: () => get("/any", [["x-api-key", "contract-key-0123456789abcdefghijklmnoq"]]),
    answer: wrongKey,
  },
  {
    name: "a password where only tokens go",
    request: () => get("/private", basicHeader("ada:lovelace")),
    answer: notAdmitted(plainBearer),
  },
  {
    name: "an authentication scheme that nobody knows, on an optional route",
    request: () => get("/optional", [["authorization", "Negotiate abc"]]),
    answer: notAdmitted(everyChallenge),
  },
  {
    name: "two Authorization lines",
    request: async ({ issuer }) => {
      const token = await issuer.mint();
      return get("/any", [...bearer(token), ...bearer(token)]);
    },
    answer: unreadable,
  },
  {
    name: "a token and an API key",
    request: async ({ issuer, apiKey }) =>
      get("/any", [...bearer(await issuer.mint()), ["x-api-key", apiKey]]),
    answer: conflict,
  },
  {
    name: "a token and an API key in the query",
    request: async ({ issuer, apiKey }) =>
      get(`/any?api_key=${apiKey}`, bearer(await issuer.mint())),
    answer: conflict,
  },
  {
    name: "a token without the scope that is asked for",
    request: minted("/orders/7", { scope: "orders:reader" }),
    answer: refused(
      forbidden,
      {
        detail: "The credential lacks a scope that this resource needs",
        error: "insufficient_scope",
        reason: "scope_missing",
        scope: "orders:read",
      },
      `${ofError("insufficient_scope", "The credential lacks a scope that this resource needs")}, scope="orders:read"`,
    ),
  },
  {
    name: "an API key without the scope that is asked for",
    request: ({ apiKey }) => get("/orders/7", [["x-api-key", apiKey]]),
    answer: refused(forbidden, {
      detail: "The credential lacks a scope that this resource needs",
      error: "insufficient_scope",
      reason: "scope_missing",
      scope: "orders:read",
    }),
  },
  {
    name: "a token without the role that is asked for",
    request: minted("/admin"),
    answer: refused(forbidden, {
      detail: "The caller lacks a role that this resource needs",
      reason: "role_missing",
    }),
  },
  {
    name: "a token without the role that the handler asks for",
    request: minted("/demand"),
    answer: refused(forbidden, {
      detail: "The caller lacks a role that this resource needs",
      reason: "role_missing",
    }),
  },
  {
    name: "a token with the role that the handler asks for",
    request: minted("/demand", { roles: ["admin"] }),
    answer: allowed({ ...user, roles: ["admin"] }),
  },
  {
    name: "an old login of an admin",
    request: async ({ issuer }) => {
      const auth_time = Math.floor(issuer.clock.now() / 1000) - 3600;
      return get("/fresh", bearer(await issuer.mint({ roles: ["admin"], claims: { auth_time } })));
    },
    answer: refused(
      unauthorized,
      {
        detail: "The login is too old for this resource; log in again",
        error: "insufficient_user_authentication",
        reason: "authentication_too_old",
      },
      `${ofError("insufficient_user_authentication", "The login is too old for this resource; log in again")}, max_age="300", ${others}`,
    ),
  },
  {
    name: "a user store that is down",
    request: () => get("/any", basicHeader("broken:x")),
    answer: unavailable(
      "The store to check the credential with cannot answer now",
      "store_unavailable",
      "5",
    ),
  },

  {
    name: "a known key while the issuer is down",
    request: async (kit) => {
      await kit.issuer.close();
      kit.issuer.clock.advance("1m");
      return minted("/any")(kit);
    },
    answer: allowed(user),
  },
  {
    name: "an unknown key while the issuer is down",
    request: minted("/any", { header: { kid: "unknown" } }),
    answer: unavailable(
      "The keys to check the access token with cannot be had now",
      "keys_unavailable",
      "1",
    ),
  },
  {
    name: "a known key after an unknown one while the issuer is down",
    request: minted("/optional"),
    answer: allowed(user),
  },
];

/** Another signature of the same length: a bit in the middle of it is the other way round. */
function flipBit(token: string): string {
  const at = token.lastIndexOf(".") + 20;
  const flipped = token[at] === "A" ? "B" : "A";
  return token.slice(0, at) + flipped + token.slice(at + 1);
}
