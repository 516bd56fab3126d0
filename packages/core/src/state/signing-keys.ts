import type { MaybePromise } from "../wire/maybe-promise.ts";

/** One signing key of an issuer as a store keeps it: sealed, so that only the issuer can open it. */
export interface SigningKeyRecord {
  readonly kid: string;
  /** Seconds since the epoch from which on the key signs; until then it is only published. */
  readonly signsFrom: number;
  /** The key pair, encrypted by the issuer. */
  readonly sealed: string;
}

/** All signing keys of an issuer, and how often they have been changed. */
export interface SigningKeyState {
  /** 0 in a fresh store; every change counts one up. */
  readonly version: number;
  /** In the order in which they sign. */
  readonly keys: readonly SigningKeyRecord[];
}

/**
 * Where an issuer keeps its signing keys, for as many processes as share them.
 *
 * @example
 * const { version, keys } = await store.read();
 * await store.replace(version, [...keys, next]); // false: another process was faster; read again
 */
export interface SigningKeyStore {
  read(): MaybePromise<SigningKeyState>;
  /**
   * Puts these keys in the place of all others if the version is still `version`, in one atomic step.
   * `false` says that it is not, and that nothing was changed: of many at once, one is told `true`.
   */
  replace(version: number, keys: readonly SigningKeyRecord[]): MaybePromise<boolean>;
}
