/** OAuth error codes that challenges and bodies carry (RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3). */
export type OAuthError =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "insufficient_user_authentication"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

/** The statuses with which callers are refused. */
export type RefusalStatus = 400 | 401 | 403 | 413 | 429;

interface Refusal {
  readonly status: RefusalStatus;
  /** The OAuth code, where one exists. */
  readonly error?: OAuthError;
  /** A description that is safe to send: fixed text, nothing from the request. */
  readonly description: string;
}

const badRequest = { status: 400, error: "invalid_request" } as const;
const badToken = { status: 401, error: "invalid_token" } as const;
const badProof = { status: 401, error: "invalid_dpop_proof" } as const;
const weakLogin = { status: 401, error: "insufficient_user_authentication" } as const;

/** Every reason for which a caller is refused, and what the caller is told. */
export const refusals = {
  https_required: { status: 403, description: "This resource is served over https alone" },
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
  token_inactive: { ...badToken, description: "The access token is not active" },
  token_revoked: { ...badToken, description: "The access token has been revoked" },
  token_expired: { ...badToken, description: "The access token has expired" },
  token_not_yet_valid: { ...badToken, description: "The access token is not valid yet" },
  audience_mismatch: { ...badToken, description: "The access token is meant for another audience" },
  client_mismatch: { ...badToken, description: "The access token was issued to another client" },
  claim_invalid: {
    ...badToken,
    description: "The access token lacks a claim, or has one of the wrong kind",
  },
  claims_mismatch: {
    ...badToken,
    description: "The claims of the access token are not as this service needs them",
  },

  dpop_required: {
    ...badToken,
    description: "The access token is bound to a key; send it as DPoP, with a proof",
  },
  dpop_unbound: { ...badToken, description: "The access token is not bound to a key for DPoP" },
  certificate_mismatch: {
    ...badToken,
    description: "The access token is bound to a certificate that this connection does not show",
  },
  binding_unsupported: {
    ...badToken,
    description: "The access token is bound in a way that this resource cannot check",
  },
  dpop_proof_missing: {
    ...badProof,
    description: "The access token needs a DPoP proof, which the request does not carry",
  },
  dpop_proof_malformed: {
    ...badProof,
    description: "The DPoP proof is malformed, or there is more than one",
  },
  dpop_key_mismatch: {
    ...badProof,
    description: "The DPoP proof is of another key than the access token is bound to",
  },
  dpop_signature_invalid: {
    ...badProof,
    description: "The signature of the DPoP proof does not hold",
  },
  dpop_token_mismatch: {
    ...badProof,
    description: "The DPoP proof was made for another access token",
  },
  dpop_method_mismatch: {
    ...badProof,
    description: "The DPoP proof was made for another method",
  },
  dpop_url_mismatch: { ...badProof, description: "The DPoP proof was made for another URL" },
  dpop_proof_untimely: {
    ...badProof,
    description: "The DPoP proof is too old, or made in the future",
  },
  dpop_proof_replayed: { ...badProof, description: "The DPoP proof has been used before" },
  dpop_nonce_required: {
    status: 401,
    error: "use_dpop_nonce",
    description: "The DPoP proof needs the nonce that comes with this answer",
  },

  api_key_invalid: { status: 401, description: "The API key is not valid" },
  api_key_expired: { status: 401, description: "The API key has expired" },
  digest_not_offered: {
    status: 401,
    description: "The digest is for a realm, algorithm or quality of protection not offered here",
  },
  digest_uri_mismatch: { status: 401, description: "The digest was made for another URL" },
  digest_invalid: {
    status: 401,
    description: "The digest does not hold: the user name or the password is wrong",
  },
  digest_nonce_stale: {
    status: 401,
    description:
      "The nonce of the digest is no longer good; use the one that comes with this answer",
  },
  oauth1_malformed: {
    ...badRequest,
    description: "The OAuth 1.0a parameters are incomplete, ill-formed, or given more than once",
  },
  oauth1_not_offered: {
    status: 401,
    description: "This OAuth 1.0a version or signature method is not accepted here",
  },
  oauth1_timestamp_refused: {
    status: 401,
    description: "The OAuth 1.0a timestamp is too far from the time here",
  },
  oauth1_signature_invalid: {
    status: 401,
    description: "The OAuth 1.0a signature does not hold, or its consumer or token is not known",
  },
  request_replayed: { status: 401, description: "The same signed request was sent before" },
  body_too_large: {
    status: 413,
    description: "The body is larger than a signature over it may be",
  },
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
  csrf_suspected: {
    status: 403,
    description: "The request may have been made by a page of another site",
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

  too_many_failures: {
    status: 429,
    description: "Too many attempts have failed; wait before the next one",
  },
} as const satisfies Record<string, Refusal>;

/** Why a caller is refused: a closed union to switch over. */
export type RejectionReason = keyof typeof refusals;

/** Everything that may keep the guard from telling, and what the caller is told. */
export const outages = {
  keys_unavailable: "The keys to check the access token with cannot be had now",
  throttle_unavailable: "Attempts cannot be counted now, so none is allowed",
  introspection_unavailable: "The issuer of the access token cannot be asked about it now",
  store_unavailable: "The store to check the credential with cannot answer now",
} as const satisfies Record<string, string>;

/** Why the guard cannot tell now. */
export type OutageReason = keyof typeof outages;
