import type { KeyObject } from "node:crypto";
import type { Challenge, Clock } from "@countersign/core/wire";
import type { Callers } from "./callers.ts";
import type { keys } from "./keys.ts";

/** A key of the issuer whose tokens are taken: the usual one, or one of a certain kind. */
export type KeyName = "usual" | "oct" | keyof typeof keys;

/** What signs a token, and what its header says of it. */
export interface SigningKey {
  readonly kid?: string | undefined;
  readonly alg: string;
  readonly privateKey: KeyObject;
  /** Absent for a shared secret. */
  readonly publicKey?: KeyObject;
}

/** What attacks are made with: all that a case may know of the endpoint it is made for. */
export interface AttackContext {
  /** Whose tokens are taken, and for whom they are. */
  readonly issuer: { readonly url: string; readonly audience: string; readonly clock: Clock };
  /** Where traps are, which count who comes. */
  readonly outside: { readonly url: string };
  /** What good tokens of this endpoint have beside the usual. */
  readonly good?: { readonly claims?: object; readonly header?: object };
  /** The issuer that signs with a shared secret, where there is one; else the usual one. */
  readonly hmac: { readonly issuer: string; readonly secret?: Uint8Array };
  /** @throws NotRun when tokens of this kind of key are not taken, or the key is not known */
  key(name: KeyName): SigningKey;
  /**
   * Who is let in by another scheme than tokens.
   *
   * @throws NotRun when nobody is known
   */
  caller<N extends keyof Callers>(scheme: N): NonNullable<Callers[N]>;
  /** A path of a case, as the endpoint's callers write it: what a proof of possession is made for. */
  urlOf(path: string): string;
  /** How a caller without a credential, or with this one, is refused at a path. */
  refusalAt(path: string, headers?: Readonly<Record<string, string>>): Promise<Refused>;
}

interface Refused {
  readonly challenges: readonly Challenge[];
  readonly headers?: readonly (readonly [string, string])[] | undefined;
}

/** What a case needs and this endpoint, or what is known of it, does not have. */
export class NotRun extends Error {
  override readonly name = "NotRun";
}

/** @throws NotRun */
export function secretOf({ hmac }: AttackContext): Uint8Array {
  if (hmac.secret !== undefined) return hmac.secret;
  throw new NotRun("no issuer with a shared secret is trusted");
}
