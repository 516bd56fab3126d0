import type { MaybePromise } from "../wire/maybe-promise.ts";

/** A cheap view of a request: what adapters give the guard. They copy nothing. */
export interface AuthRequest {
  readonly method: string;
  /** Absolute; its origin comes from the policy's publicUrl, never from the Host field on trust. */
  readonly url: string;
  /** Every field line of that name joined by ", ", or `undefined`; the name in lower case. */
  header(name: string): string | undefined;
  /**
   * The exact bytes of the body, which whatever parses it later still gets; `undefined` when there are
   * more of them than `limit`.
   */
  body(limit: number): MaybePromise<Uint8Array | undefined>;
  /** The caller's IP address, where the framework tells it. */
  readonly address: string | undefined;
  /** Whether the request came over TLS, to us or to a proxy that we trust. */
  readonly secure: boolean;
  /** The caller's certificate in PEM, where the connection has one (RFC 8705). */
  readonly certificate: string | undefined;
}

/** Stands for the origin of a service that has not said what its public URL is (RFC 2606 §2). */
const unknownOrigin = "http://unknown.invalid";

/**
 * A request's absolute URL as the service's callers know it.
 *
 * @param target the path and query of the request
 */
export function publicUrlOf(target: string, publicUrl: URL | undefined): string {
  const path = target.startsWith("/") ? target : `/${target}`;
  if (publicUrl === undefined) return unknownOrigin + path;
  return publicUrl.origin + publicUrl.pathname.replace(/\/$/, "") + path;
}

/**
 * A CORS preflight (Fetch §3.3.2): browsers send it without credentials, and it asks for nothing
 * but permission, so a guard lets it pass to whatever answers CORS.
 */
export function isPreflight(request: AuthRequest): boolean {
  return (
    request.method === "OPTIONS" &&
    request.header("origin") !== undefined &&
    request.header("access-control-request-method") !== undefined
  );
}
