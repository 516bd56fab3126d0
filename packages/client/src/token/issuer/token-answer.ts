import { tokenRefusal, unusableAnswer } from "./token-failure.ts";

/** A token endpoint's answer (RFC 6749 §5.1), as far as it concerns whoever calls an API. */
export interface TokenAnswer {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number | undefined;
  readonly refreshToken: string | undefined;
}

/**
 * Reads a token endpoint's answer. Ours rather than oauth4webapi's, which brings the verification of
 * ID tokens along; nobody here looks at these.
 *
 * @param type what the token must be, in lower case: a server that does not know DPoP gives a bearer
 * token instead (RFC 9449 §5)
 * @throws ClientError `token_request_failed`
 */
export async function readTokenAnswer(
  response: Response,
  type: "bearer" | "dpop",
  known?: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const { status } = response;
  const body = Object(await response.json().catch(() => undefined));
  if (status !== 200) throw tokenRefusal(body.error, status, known);
  const { access_token, token_type, expires_in, refresh_token } = body;
  const expiresIn = expires_in === undefined ? undefined : Number.parseFloat(expires_in);
  if (
    !isText(access_token) ||
    String(token_type).toLowerCase() !== type ||
    !(expiresIn === undefined || (expiresIn >= 0 && expiresIn < Number.POSITIVE_INFINITY))
  ) {
    throw unusableAnswer(status);
  }
  const refreshToken = isText(refresh_token) ? refresh_token : undefined;
  return { accessToken: access_token, expiresIn, refreshToken };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
