import type { OAuthError, Refusal, RefusalStatus } from "./refusal.ts";

// Bundles hold only the reasons that are used: making one is marked as free of side effects.

/* @__NO_SIDE_EFFECTS__ */
function refusal<const R extends string>(
  status: RefusalStatus,
  reason: R,
  description: string,
  error?: OAuthError,
): Refusal<R> {
  return { reason, status, error, description };
}

/* @__NO_SIDE_EFFECTS__ */
function badToken<const R extends string>(reason: R, description: string): Refusal<R> {
  return refusal(401, reason, description, "invalid_token");
}

/* @__NO_SIDE_EFFECTS__ */
function badProof<const R extends string>(reason: R, description: string): Refusal<R> {
  return refusal(401, reason, description, "invalid_dpop_proof");
}

/* @__NO_SIDE_EFFECTS__ */
function weakLogin<const R extends string>(reason: R, description: string): Refusal<R> {
  return refusal(401, reason, description, "insufficient_user_authentication");
}

export const httpsRequired = refusal(
  403,
  "https_required",
  "This resource is served over https alone",
);
export const credentialMissing = refusal(
  401,
  "credential_missing",
  "This resource needs a credential",
);
export const schemeNotAdmitted = refusal(
  401,
  "scheme_not_admitted",
  "This resource does not take this kind of credential",
);
export const credentialConflict = refusal(
  400,
  "credential_conflict",
  "The request carries more than one credential; send one",
  "invalid_request",
);
export const credentialMalformed = refusal(
  400,
  "credential_malformed",
  "The Authorization header holds no well-formed credential",
  "invalid_request",
);

export const tokenMalformed = badToken("token_malformed", "The access token is malformed");
export const tokenTypeMismatch = badToken(
  "token_type_mismatch",
  "The token is not an access token",
);
export const algorithmNotAllowed = badToken(
  "algorithm_not_allowed",
  "The access token is signed with an algorithm that is not accepted",
);
export const issuerMismatch = badToken(
  "issuer_mismatch",
  "The issuer of the access token is not trusted",
);
export const keyNotFound = badToken(
  "key_not_found",
  "The key that signed the access token is not known",
);
export const signatureInvalid = badToken(
  "signature_invalid",
  "The signature of the access token does not hold",
);
export const tokenInactive = badToken("token_inactive", "The access token is not active");
export const tokenRevoked = badToken("token_revoked", "The access token has been revoked");
export const tokenExpired = badToken("token_expired", "The access token has expired");
export const tokenNotYetValid = badToken(
  "token_not_yet_valid",
  "The access token is not valid yet",
);
export const audienceMismatch = badToken(
  "audience_mismatch",
  "The access token is meant for another audience",
);
export const clientMismatch = badToken(
  "client_mismatch",
  "The access token was issued to another client",
);
export const claimInvalid = badToken(
  "claim_invalid",
  "The access token lacks a claim, or has one of the wrong kind",
);
export const claimsMismatch = badToken(
  "claims_mismatch",
  "The claims of the access token are not as this service needs them",
);

export const dpopRequired = badToken(
  "dpop_required",
  "The access token is bound to a key; send it as DPoP, with a proof",
);
export const dpopUnbound = badToken(
  "dpop_unbound",
  "The access token is not bound to a key for DPoP",
);
export const certificateMismatch = badToken(
  "certificate_mismatch",
  "The access token is bound to a certificate that this connection does not show",
);
export const bindingUnsupported = badToken(
  "binding_unsupported",
  "The access token is bound in a way that this resource cannot check",
);
export const dpopProofMissing = badProof(
  "dpop_proof_missing",
  "The access token needs a DPoP proof, which the request does not carry",
);
export const dpopProofMalformed = badProof(
  "dpop_proof_malformed",
  "The DPoP proof is malformed, or there is more than one",
);
export const dpopKeyMismatch = badProof(
  "dpop_key_mismatch",
  "The DPoP proof is of another key than the access token is bound to",
);
export const dpopSignatureInvalid = badProof(
  "dpop_signature_invalid",
  "The signature of the DPoP proof does not hold",
);
export const dpopTokenMismatch = badProof(
  "dpop_token_mismatch",
  "The DPoP proof was made for another access token",
);
export const dpopMethodMismatch = badProof(
  "dpop_method_mismatch",
  "The DPoP proof was made for another method",
);
export const dpopUrlMismatch = badProof(
  "dpop_url_mismatch",
  "The DPoP proof was made for another URL",
);
export const dpopProofUntimely = badProof(
  "dpop_proof_untimely",
  "The DPoP proof is too old, or made in the future",
);
export const dpopProofReplayed = badProof(
  "dpop_proof_replayed",
  "The DPoP proof has been used before",
);
export const dpopNonceRequired = refusal(
  401,
  "dpop_nonce_required",
  "The DPoP proof needs the nonce that comes with this answer",
  "use_dpop_nonce",
);

export const apiKeyInvalid = refusal(401, "api_key_invalid", "The API key is not valid");
export const apiKeyExpired = refusal(401, "api_key_expired", "The API key has expired");
export const digestNotOffered = refusal(
  401,
  "digest_not_offered",
  "The digest is for a realm, algorithm or quality of protection not offered here",
);
export const digestUriMismatch = refusal(
  401,
  "digest_uri_mismatch",
  "The digest was made for another URL",
);
export const digestInvalid = refusal(
  401,
  "digest_invalid",
  "The digest does not hold: the user name or the password is wrong",
);
export const digestNonceStale = refusal(
  401,
  "digest_nonce_stale",
  "The nonce of the digest is no longer good; use the one that comes with this answer",
);
export const oauth1Malformed = refusal(
  400,
  "oauth1_malformed",
  "The OAuth 1.0a parameters are incomplete, ill-formed, or given more than once",
  "invalid_request",
);
export const oauth1NotOffered = refusal(
  401,
  "oauth1_not_offered",
  "This OAuth 1.0a version or signature method is not accepted here",
);
export const oauth1TimestampRefused = refusal(
  401,
  "oauth1_timestamp_refused",
  "The OAuth 1.0a timestamp is too far from the time here",
);
export const oauth1SignatureInvalid = refusal(
  401,
  "oauth1_signature_invalid",
  "The OAuth 1.0a signature does not hold, or its consumer or token is not known",
);
export const requestReplayed = refusal(
  401,
  "request_replayed",
  "The same signed request was sent before",
);
export const bodyTooLarge = refusal(
  413,
  "body_too_large",
  "The body is larger than a signature over it may be",
);
export const passwordInvalid = refusal(
  401,
  "password_invalid",
  "The user name or the password is wrong",
);

export const scopeMissing = refusal(
  403,
  "scope_missing",
  "The credential lacks a scope that this resource needs",
  "insufficient_scope",
);
export const roleMissing = refusal(
  403,
  "role_missing",
  "The caller lacks a role that this resource needs",
);
export const permissionMissing = refusal(
  403,
  "permission_missing",
  "The caller lacks a permission that this resource needs",
);
export const claimMissing = refusal(
  403,
  "claim_missing",
  "The credential lacks a claim that this resource needs",
);
export const csrfSuspected = refusal(
  403,
  "csrf_suspected",
  "The request may have been made by a page of another site",
);
export const loginImpossible = refusal(
  403,
  "login_impossible",
  "This resource needs a recent login, which this kind of credential cannot show",
);
export const authenticationTooOld = weakLogin(
  "authentication_too_old",
  "The login is too old for this resource; log in again",
);
export const authenticationTooWeak = weakLogin(
  "authentication_too_weak",
  "The login was not strong enough for this resource",
);

export const tooManyFailures = refusal(
  429,
  "too_many_failures",
  "Too many attempts have failed; wait before the next one",
);
