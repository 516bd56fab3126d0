/** First-party access and refresh tokens: `@countersign/issuer`. */
export type { RegisteredClient } from "./client.ts";
export { createIssuer, type Issuer } from "./create-issuer.ts";
export type { IssuerEvent } from "./event.ts";
export { IssuerError, type IssuerErrorCode } from "./issuer-error.ts";
export type { KeyRing, PublicKey, SigningKey } from "./keys/key-ring.ts";
export type { PublicKeySet } from "./keys/key-set.ts";
export { createKeyRing, type KeyRingOptions, type MemoryKeyRing } from "./keys/memory-key-ring.ts";
export type { IssuerOptions } from "./options.ts";
export type { RefreshOptions } from "./refresh.ts";
export type { IssueOptions } from "./token/grant.ts";
export type { TokenAnswer } from "./token/token-answer.ts";
