/** What both sides of the wire share: `@countersign/core/wire`. */
export { type AuthParam, formatAuthParams, parseAuthParams } from "./wire/auth-params.ts";
export { decodeBase64Url, encodeBase64Url } from "./wire/base64url.ts";
export { type BasicCredentials, decodeBasic, encodeBasic } from "./wire/basic.ts";
export { type Challenge, formatChallenges } from "./wire/challenge.ts";
export { type Clock, toSeconds } from "./wire/clock.ts";
export { ConfigurationError, requireThat } from "./wire/configuration-error.ts";
export {
  type DigestAlgorithm,
  type DigestInput,
  type DigestQop,
  digestHa1,
  digestHashOf,
  digestResponse,
  digestUserhash,
} from "./wire/digest.ts";
export type { DigestHash } from "./wire/digest-hash.ts";
export { createDpopProof, type DpopKeyPair, type DpopProofOptions } from "./wire/dpop-proof.ts";
export { toDpopTarget } from "./wire/dpop-target.ts";
export { equalInConstantTime } from "./wire/equal.ts";
export { decodeExtValue, encodeExtValue } from "./wire/ext-value.ts";
export { jwkThumbprint, type PublicJwk } from "./wire/jwk-thumbprint.ts";
export { isLoopback, isSecureUrl, requireSecureUrl } from "./wire/loopback.ts";
export type { MaybePromise } from "./wire/maybe-promise.ts";
export { type OAuth1Request, oauth1BaseString } from "./wire/oauth1-base-string.ts";
export {
  formatOAuth1Header,
  type OAuth1Parameter,
  parseFormParameters,
  parseOAuth1Header,
} from "./wire/oauth1-parameters.ts";
export {
  type OAuth1SecretMethod,
  type OAuth1Secrets,
  type OAuth1SignatureMethod,
  rsaSha1,
  signOAuth1,
  signOAuth1Rsa,
  verifyOAuth1,
  verifyOAuth1Rsa,
} from "./wire/oauth1-signature.ts";
export { parseChallenges } from "./wire/parse-challenges.ts";
export { type Secret, toSecret } from "./wire/secret.ts";
export { sha256 } from "./wire/sha256.ts";
