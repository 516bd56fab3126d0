/**
 * What a good caller has who sends no token. A few wrong guesses are sent in between, so let it be an account
 * that may be locked for a while, and no secret that other things depend on.
 *
 * @example
 * const callers: Callers = {
 *   basic: { username: "ada", password: "lovelace:\u00e9" },
 *   apiKey: { url: "http://127.0.0.1:3000/data", key: process.env.API_KEY ?? "" },
 * };
 */
export interface Callers {
  /** Sends `Authorization: Basic …` (RFC 7617). */
  readonly basic?: PasswordCaller;
  /** Answers a challenge of the endpoint's (RFC 7616). */
  readonly digest?: PasswordCaller;
  readonly apiKey?: ApiKeyCaller;
  /** Signs each request (RFC 5849). */
  readonly oauth1?: OAuth1Caller;
}

/** Where a caller is let in. */
interface Caller {
  /** What a GET is let in to. Default: the URL of the target. */
  readonly url?: string;
}

/** Who is let in by a password. */
export interface PasswordCaller extends Caller {
  readonly username: string;
  /** With a colon and a letter beyond ASCII in it, there are more cases. */
  readonly password: string;
}

/** Who is let in by a key. */
export interface ApiKeyCaller extends Caller {
  /** As it stands in the header, with `ApiKey ` before it where that is asked for. */
  readonly key: string;
  /** The header field that it is sent in. Default `X-API-Key`, unless there is a {@link query}. */
  readonly header?: string;
  /** The query parameter that it is taken from, too or alone. */
  readonly query?: string;
}

/** Who signs requests, for itself. */
export interface OAuth1Caller extends Caller {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** Default `HMAC-SHA1`, which is the one that RFC 5849 has. */
  readonly signatureMethod?: "HMAC-SHA1" | "HMAC-SHA256";
}

/** What must be in no answer; what is shorter may be there by chance. */
export function secretsOf({ basic, digest, apiKey, oauth1 }: Callers): readonly string[] {
  const all = [basic?.password, digest?.password, apiKey?.key, oauth1?.consumerSecret];
  return all.filter((secret) => secret !== undefined && secret.length >= 8) as string[];
}
