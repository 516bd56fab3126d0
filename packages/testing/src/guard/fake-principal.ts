import { createPrincipal, type Principal } from "@countersign/core";

/** A principal that fits any scheme's type. */
export type FakePrincipal<N extends string> = Principal<N> & {
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: number;
  readonly authenticatedAt: number;
  // biome-ignore lint/suspicious/noExplicitAny: it stands for the claims of whichever scheme
  readonly claims: any;
};

/**
 * A principal out of nothing, for unit tests of handlers.
 *
 * @param facts what matters to the test; the rest is made up
 * @example
 * const ada = fakePrincipal({ scheme: "jwt", subject: "ada", scopes: ["orders:read"] });
 */
export function fakePrincipal<const N extends string>(
  facts: { readonly scheme: N } & Partial<Principal<N>>,
): FakePrincipal<N> {
  const now = Math.floor(Date.now() / 1000);
  return createPrincipal<N>({
    subject: "test-user",
    issuer: "https://issuer.test",
    expiresAt: now + 300,
    authenticatedAt: now,
    ...facts,
  }) as FakePrincipal<N>;
}
