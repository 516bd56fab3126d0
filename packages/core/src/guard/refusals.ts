/** OAuth error codes that challenges and bodies carry (RFC 6750 §3.1, RFC 9470 §3). */
export type OAuthError =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "insufficient_user_authentication";

interface Refusal {
  readonly status: 400 | 401 | 403;
  /** The OAuth code, where one exists. */
  readonly error?: OAuthError;
  /** A description that is safe to send: fixed text, nothing from the request. */
  readonly description: string;
}

const badRequest = { status: 400, error: "invalid_request" } as const;
const badToken = { status: 401, error: "invalid_token" } as const;
const weakLogin = { status: 401, error: "insufficient_user_authentication" } as const;

/** Every reason for which a caller is refused, and what the caller is told. */
export const refusals = {
  credential_missing: { status: 401, description: "This resource needs a credential" },
  scheme_not_admitted: {
    status: 401,
    description: "This resource does not take this kind of credential",
  },
  credential_conflict: {
    ...badRequest,
    description: "The request carries more than one credential; send one",
  },
  credential_malformed: {
    ...badRequest,
    description: "The Authorization header holds no well-formed credential",
  },

  token_malformed: { ...badToken, description: "The access token is malformed" },
  token_type_mismatch: { ...badToken, description: "The token is not an access token" },
  algorithm_not_allowed: {
    ...badToken,
    description: "The access token is signed with an algorithm that is not accepted",
  },
  issuer_mismatch: { ...badToken, description: "The issuer of the access token is not trusted" },
  key_not_found: { ...badToken, description: "The key that signed the access token is not known" },
  signature_invalid: {
    ...badToken,
    description: "The signature of the access token does not hold",
  },
  token_expired: { ...badToken, description: "The access token has expired" },
  token_not_yet_valid: { ...badToken, description: "The access token is not valid yet" },
  audience_mismatch: { ...badToken, description: "The access token is meant for another audience" },
  client_mismatch: { ...badToken, description: "The access token was issued to another client" },
  claim_invalid: {
    ...badToken,
    description: "The access token lacks a claim, or has one of the wrong kind",
  },

  api_key_invalid: { status: 401, description: "The API key is not valid" },
  api_key_expired: { status: 401, description: "The API key has expired" },
  password_invalid: { status: 401, description: "The user name or the password is wrong" },

  scope_missing: {
    status: 403,
    error: "insufficient_scope",
    description: "The credential lacks a scope that this resource needs",
  },
  role_missing: { status: 403, description: "The caller lacks a role that this resource needs" },
  permission_missing: {
    status: 403,
    description: "The caller lacks a permission that this resource needs",
  },
  claim_missing: {
    status: 403,
    description: "The credential lacks a claim that this resource needs",
  },
  login_impossible: {
    status: 403,
    description: "This resource needs a recent login, which this kind of credential cannot show",
  },
  authentication_too_old: {
    ...weakLogin,
    description: "The login is too old for this resource; log in again",
  },
  authentication_too_weak: {
    ...weakLogin,
    description: "The login was not strong enough for this resource",
  },
} as const satisfies Record<string, Refusal>;

/** Why a caller is refused: a closed union to switch over. */
export type RejectionReason = keyof typeof refusals;

/** Everything that may keep the guard from telling, and what the caller is told. */
export const outages = {
  keys_unavailable: "The keys to check the access token with cannot be had now",
  store_unavailable: "The store to check the credential with cannot answer now",
} as const satisfies Record<string, string>;

/** Why the guard cannot tell now. */
export type OutageReason = keyof typeof outages;
