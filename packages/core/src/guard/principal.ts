/** Who is calling, as a scheme found out. Frozen: a handler cannot change it for the next one. */
export interface Principal<N extends string = string, C extends object = object> {
  /** The name of the scheme that vouches for this principal; tells principals apart by type. */
  readonly scheme: N;
  /** Who is calling. Absent where a client acts for itself and its tokens name nobody. */
  readonly subject: string | undefined;
  /** The OAuth client that asked (`client_id`, or `azp`). */
  readonly clientId: string | undefined;
  /** Who issued the credential (`iss`). */
  readonly issuer: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Everything the credential says, as it says it. */
  readonly claims: C;
  /** Seconds since the epoch from which on the credential is refused. */
  readonly expiresAt: number | undefined;
  /** Seconds since the epoch when the user last proved who they are (`auth_time`). */
  readonly authenticatedAt: number | undefined;
  /** What the caller showed to hold beside the credential, where that is bound to it. */
  readonly binding: Binding | undefined;
}

/**
 * A key, or a certificate, that an access token is bound to (`cnf`, RFC 7800 §3): who stole the token
 * alone cannot use it. Its thumbprint is the SHA-256, in base64url, of the key as a JWK (RFC 9449 §6)
 * or of the certificate (RFC 8705 §3.1).
 */
export interface Binding {
  readonly type: "dpop" | "certificate";
  readonly thumbprint: string;
}

/** What a scheme knows of a principal; all else is empty. */
export type PrincipalFacts<N extends string, C extends object> = Pick<Principal<N, C>, "scheme"> & {
  readonly [K in keyof Principal<N, C>]?: Principal<N, C>[K] | undefined;
};

/**
 * A whole, frozen principal from what a scheme knows of it.
 *
 * @example
 * createPrincipal({ scheme: "api-key", subject: "billing", scopes: ["orders:read"] });
 */
export function createPrincipal<N extends string, C extends object = object>(
  facts: PrincipalFacts<N, C>,
): Principal<N, C> {
  return Object.freeze({
    scheme: facts.scheme,
    subject: facts.subject,
    clientId: facts.clientId,
    issuer: facts.issuer,
    scopes: frozenCopy(facts.scopes),
    roles: frozenCopy(facts.roles),
    permissions: frozenCopy(facts.permissions),
    claims: facts.claims ?? (Object.freeze({}) as C),
    expiresAt: facts.expiresAt,
    authenticatedAt: facts.authenticatedAt,
    binding: Object.freeze(facts.binding),
  });
}

function frozenCopy(values: readonly string[] = []): readonly string[] {
  return Object.freeze([...values]);
}
