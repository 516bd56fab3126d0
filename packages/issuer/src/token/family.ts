import { encodeBase64Url } from "@countersign/core/wire";

/**
 * All refresh tokens of one login. Its id ends with the second at which the login must end, so the
 * absolute lifetime is fixed once, at login, and stores need no column for it.
 */
export interface Family {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly endsAt: number;
}

export function startFamily(endsAt: number): Family {
  const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  return { id: `${random}.${endsAt}`, endsAt };
}

/** @throws Error when the store gives an id that no issuer made */
export function parseFamily(id: string): Family {
  const endsAt = /\.(\d{1,15})$/.exec(id)?.[1];
  if (endsAt === undefined) throw new Error("The store gave a family id without its end.");
  return { id, endsAt: Number(endsAt) };
}
