/**
 * What an operator should know. No event holds a token, a secret or a hash of one.
 *
 * - `refresh_token_reused`: a used refresh token came back too late to be a retry. Somebody has a
 *   copy; the login has ended (RFC 9700 §4.14.2), the subject's other logins go on.
 * - `client_authentication_failed`: somebody named this client, or none that is registered, and did
 *   not prove it.
 * - `unavailable`: an endpoint answered 503, or a login that was stolen has ended without its access
 *   tokens; `cause` is what the store or the keys threw.
 *
 * @example
 * createIssuer({ url, audience, onEvent: (event) => logger.warn(event) });
 */
export type IssuerEvent =
  | {
      readonly type: "refresh_token_reused";
      /** The login that has ended: the `sid` claim of its access tokens. */
      readonly family: string;
      readonly subject: string;
      /** Absent for a first-party login. */
      readonly clientId: string | undefined;
    }
  | {
      readonly type: "client_authentication_failed";
      /** Absent for a client that is not registered. */
      readonly clientId: string | undefined;
    }
  | { readonly type: "unavailable"; readonly cause: unknown };

/** A listener that cannot change an answer by throwing. */
export function toListener<E>(onEvent: ((event: E) => void) | undefined): (event: E) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // Its own failure is not the caller's: what is being reported must go on.
    }
  };
}
