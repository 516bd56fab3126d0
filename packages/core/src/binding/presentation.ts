import type { Authorization, TokenAuthScheme } from "../guard/authorization.ts";
import type { Binding } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { HeaderField } from "../guard/verdict.ts";

/** An access token, and how it was sent. */
export interface Presentation {
  readonly token: string;
  readonly authScheme: TokenAuthScheme;
  readonly request: AuthRequest;
}

/** That a token is bound to nothing, or that its sender holds what it is bound to. */
export interface CheckedBinding {
  readonly binding: Binding | undefined;
  /** Fields for the answer. */
  readonly headers?: readonly HeaderField[] | undefined;
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
  const authScheme = authorization && tokenAuthScheme(authorization, takesDpop);
  return authScheme && { token: authorization.value, authScheme, request };
}

function tokenAuthScheme(
  { scheme }: Authorization,
  takesDpop: boolean,
): TokenAuthScheme | undefined {
  if (scheme === "bearer") return "Bearer";
  return scheme === "dpop" && takesDpop ? "DPoP" : undefined;
}
