import { toSecret } from "@countersign/core/wire";
import type { TokenFor } from "../issuer/client-options.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { Login } from "./login.ts";

/** Whose logins they are. A record of another client is never used: its tokens would go astray. */
export interface RecordOwner<B extends DpopKeys | undefined> {
  readonly issuer: string;
  readonly clientId: string;
  readonly dpop: B;
}

const version = 1;

/** A login as text for a store. */
export async function writeRecord<B extends DpopKeys | undefined>(
  { issuer, clientId, dpop }: RecordOwner<B>,
  { token, refreshToken, key, seed }: Login<B>,
): Promise<string> {
  return JSON.stringify({
    version,
    issuer,
    client_id: clientId,
    token_type: typeOf(dpop),
    seed,
    refresh_token: refreshToken,
    access_token: token?.value.reveal(),
    expires_at: token?.expiresAt,
    dpop_key: dpop && key && (await dpop.save(key)),
  });
}

/** The login of a record; `undefined` for what is none of this client. */
export async function readRecord<B extends DpopKeys | undefined>(
  { issuer, clientId, dpop }: RecordOwner<B>,
  text: string,
): Promise<Login<B> | undefined> {
  try {
    const record = Object(JSON.parse(text));
    const { refresh_token, access_token, expires_at, seed } = record;
    const texts = [refresh_token, access_token, record.dpop_key, seed];
    if (
      record.version !== version ||
      record.issuer !== issuer ||
      record.client_id !== clientId ||
      record.token_type !== typeOf(dpop) ||
      !texts.every((each) => each === undefined || typeof each === "string") ||
      !(expires_at === undefined || Number.isFinite(expires_at))
    ) {
      return undefined;
    }
    const key = await dpop?.load(record.dpop_key);
    const token = access_token && {
      type: typeOf(dpop),
      value: toSecret(access_token),
      expiresAt: expires_at,
      ...(key && { key }),
    };
    return {
      token: (token && Object.freeze(token)) as TokenFor<B> | undefined,
      refreshToken: refresh_token,
      key,
      seed,
    };
  } catch {
    return undefined;
  }
}

function typeOf(dpop: DpopKeys | undefined): string {
  return dpop ? "dpop" : "bearer";
}
