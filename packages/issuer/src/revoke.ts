import { IssuerError } from "./issuer-error.ts";
import { reach } from "./reach.ts";
import type { Settings } from "./settings.ts";
import { parseRefreshToken } from "./token/refresh-token.ts";

/**
 * Ends the login a refresh token belongs to, used or not. A text that is no refresh token of ours
 * is none that could still be used, so it is no error (RFC 7009 §2.2).
 *
 * @param mayRevoke whether the caller may end a login issued to this client (RFC 7009 §2.1)
 * @throws IssuerError `invalid_grant`, `temporarily_unavailable`
 */
export async function revoke(
  { store }: Settings,
  token: string,
  mayRevoke: (clientId: string | undefined) => boolean = () => true,
): Promise<void> {
  const presented = await parseRefreshToken(token);
  const record = presented && (await reach(() => store.find(presented.hash)));
  if (!record) return;
  if (!mayRevoke(record.grant.clientId)) {
    throw new IssuerError("invalid_grant", "The token was issued to another client.");
  }
  await reach(() => store.revokeFamily(record.family));
}
