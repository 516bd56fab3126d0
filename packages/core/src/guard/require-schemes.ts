import { ConfigurationError } from "../wire/configuration-error.ts";
import type { GuardOptions } from "./guard.ts";
import type { Scheme, SecurityScheme } from "./scheme.ts";

/**
 * Looks at the schemes of a guard together: what would make it guess, or refuse everybody, is told at
 * start.
 *
 * @throws ConfigurationError that says which of them do not go together
 */
export function requireSchemes(options: GuardOptions<readonly Scheme[]>): void {
  const { schemes, realm } = options;
  if (schemes.length === 0) {
    throw new ConfigurationError(
      "A guard needs at least one scheme: createGuard({ schemes: [jwt({ … })] }).",
    );
  }
  requireDistinctNames(schemes);
  requireDistinctTokens(schemes);
  requireDistinctPlaces(schemes);

  const blind = schemes.filter(({ needsPublicUrl }) => needsPublicUrl);
  if (blind.length > 0 && options.publicUrl === undefined && options.allowedHosts === undefined) {
    throw new ConfigurationError(
      `${listNames(blind)} checks which URL a caller meant, so the guard must know its own: createGuard({ publicUrl: "https://api.example.com", … }).`,
    );
  }
  const nameless = schemes.filter(({ needsRealm }) => needsRealm);
  // What challenges cannot say, callers cannot repeat.
  if (nameless.length > 0 && !(realm && /^[\x20-\x7e]+$/.test(realm))) {
    throw new ConfigurationError(
      `${listNames(nameless)} needs a realm of printable ASCII, which its users' hashes are made for: createGuard({ realm: "orders", … }).`,
    );
  }
}

/** The names of schemes, for messages. */
export function listNames(schemes: readonly Scheme[]): string {
  return schemes.map(({ name }) => `"${name}"`).join(", ");
}

function requireDistinctNames(schemes: readonly Scheme[]): void {
  const names = schemes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new ConfigurationError(
    `Two schemes of this guard are called "${twice}". Give one a name of its own: { name: "…" }.`,
  );
}

function requireDistinctTokens(schemes: readonly Scheme[]): void {
  for (const kind of ["shape", "fallback"] as const) {
    const claimants = schemes.filter(({ bearer }) => bearer === kind);
    if (claimants.length < 2) continue;
    throw new ConfigurationError(
      kind === "shape"
        ? `${listNames(claimants)} both take JWTs sent as Bearer. Use one jwt({ issuers: [ … ] }).`
        : `${listNames(claimants)} both take any token sent as Bearer. Give the keys of one a prefix, or read them elsewhere.`,
    );
  }
}

/** What is read twice is found twice, and every caller would be refused for sending two credentials. */
function requireDistinctPlaces(schemes: readonly Scheme[]): void {
  const readers = new Map<string, Scheme>();
  for (const scheme of schemes) {
    for (const place of scheme.describe().flatMap(placeOf)) {
      const other = readers.get(place);
      if (other !== undefined) {
        throw new ConfigurationError(
          `${listNames([other, scheme])} both read the ${place}. Let it be read once.`,
        );
      }
      readers.set(place, scheme);
    }
  }
}

function placeOf(place: SecurityScheme): string[] {
  if (place.type === "apiKey") {
    return [place.in === "header" ? `header ${place.name.toLowerCase()}` : `query ${place.name}`];
  }
  // Tokens are told apart by what they look like.
  const isToken = place.scheme === "bearer" || place.scheme === "dpop";
  return isToken ? [] : [`Authorization scheme ${place.scheme}`];
}
