/** What both sides of the wire share: `@countersign/core/wire`. */
export { decodeBase64Url, encodeBase64Url } from "./wire/base64url.ts";
export { type BasicCredentials, decodeBasic, encodeBasic } from "./wire/basic.ts";
export { type Challenge, formatChallenges } from "./wire/challenge.ts";
export { type Clock, toSeconds } from "./wire/clock.ts";
export { ConfigurationError } from "./wire/configuration-error.ts";
export { equalInConstantTime } from "./wire/equal.ts";
export { isLoopback, requireSecureUrl } from "./wire/loopback.ts";
export type { MaybePromise } from "./wire/maybe-promise.ts";
export { type Secret, toSecret } from "./wire/secret.ts";
export { sha256 } from "./wire/sha256.ts";
