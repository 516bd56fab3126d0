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
}

/** What a scheme knows of a principal; all else is empty. */
export type PrincipalFacts<N extends string, C extends object> = Pick<Principal<N, C>, "scheme"> &
  Partial<Principal<N, C>>;

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
  });
}

function frozenCopy(values: readonly string[] | undefined): readonly string[] {
  return Object.freeze([...(values ?? [])]);
}
