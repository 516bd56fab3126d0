import {
  type AuthRequest,
  accepted,
  createGuard,
  type Guard,
  type Principal,
  type Scheme,
} from "@countersign/core";
import { ConfigurationError } from "@countersign/core/wire";

/**
 * The same guard with the cryptography taken out: every request comes from this principal, or, with
 * `undefined`, from nobody. Requirements, views and refusals are the real ones.
 *
 * @throws ConfigurationError when the guard admits no scheme of the principal's
 * @example
 * const app = createApp(guardWith(guard, fakePrincipal({ scheme: "jwt", subject: "ada" })));
 */
export function guardWith<P extends Principal | undefined>(
  guard: Guard<P>,
  principal: P | undefined,
): Guard<P> {
  const { admitted, policy } = guard;
  if (principal !== undefined && !admitted.some(({ name }) => name === principal.scheme)) {
    const names = admitted.map(({ name }) => `"${name}"`).join(", ");
    throw new ConfigurationError(
      `guardWith: this guard admits ${names}, and the principal is of "${principal.scheme}".`,
    );
  }
  const schemes = admitted.map((scheme): Scheme => {
    const isTheirs = scheme.name === principal?.scheme;
    const attempt = { location: "test", verify: () => accepted(principal as Principal) };
    return { ...scheme, requires: undefined, find: () => (isTheirs ? attempt : undefined) };
  });
  const { realm, clock } = policy;
  const fake = createGuard({ schemes, clock, ...(realm !== undefined && { realm }) });
  const view = guard.isOptional ? fake.optional() : fake;
  return inPlaceOf(guard, view as Guard<P>);
}

/** Keeps the policy's identity, so that `getPrincipal` with the real guard works too. */
function inPlaceOf<P extends Principal | undefined>(real: Guard<P>, fake: Guard<P>): Guard<P> {
  const anonymous = (request: AuthRequest): AuthRequest => {
    const header = (name: string) => (name === "authorization" ? undefined : request.header(name));
    return Object.create(request, { header: { value: header } });
  };
  return {
    ...fake,
    policy: real.policy,
    check: (request, requirement) => fake.check(anonymous(request), requirement),
    rehearse: (request, requirement) => fake.rehearse(anonymous(request), requirement),
    only: (...names) => inPlaceOf(real.only(...names), fake.only(...names)),
    optional: () => inPlaceOf(real.optional(), fake.optional()),
  };
}
