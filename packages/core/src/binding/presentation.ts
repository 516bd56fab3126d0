import {
  type Authorization,
  type TokenAuthScheme,
  tokenAuthScheme,
} from "../guard/authorization.ts";
import type { AuthRequest } from "../guard/request.ts";

/** An access token, and how it was sent. */
export interface Presentation {
  readonly token: string;
  readonly authScheme: TokenAuthScheme;
  readonly request: AuthRequest;
}

/**
 * The access token of a request, sent as `Bearer` (RFC 6750 §2.1) or, where such are taken, as `DPoP`
 * (RFC 9449 §7.1).
 */
export function findToken(
  request: AuthRequest,
  authorization: Authorization | undefined,
  takesDpop: boolean,
): Presentation | undefined {
  if (authorization === undefined) return undefined;
  const authScheme = tokenAuthScheme(authorization);
  const isTaken = authScheme === "Bearer" || (authScheme === "DPoP" && takesDpop);
  return isTaken ? { token: authorization.value, authScheme, request } : undefined;
}
