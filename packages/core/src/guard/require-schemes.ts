import { requireThat } from "../wire/configuration-error.ts";
import type { GuardOptions } from "./guard.ts";
import type { Scheme } from "./scheme.ts";

/**
 * Looks at the schemes of a guard together: what would make it guess, or refuse everybody, is told at
 * start.
 *
 * @throws ConfigurationError that says which of them do not go together
 */
export function requireSchemes(options: GuardOptions<readonly Scheme[]>): void {
  const { schemes } = options;
  requireThat(schemes.length > 0, "A guard needs a scheme.");
  const taken = schemes.flatMap(({ name, takes }) => [`name "${name}"`, ...takes]);
  const twice = taken.find((each, at) => taken.indexOf(each) !== at);
  requireThat(!twice, `Only one scheme may take ${twice}.`);
  for (const scheme of schemes) scheme.requires?.(options);
}
