import {
  ConfigurationError,
  formatOAuth1Header,
  isLoopback,
  type OAuth1Parameter,
  type OAuth1SecretMethod,
  oauth1BaseString,
  parseFormParameters,
  requireThat,
  type Secret,
  signOAuth1,
  signOAuth1Rsa,
  toSeconds,
  toSecret,
} from "@countersign/core/wire";
import { ensure } from "../client-error.ts";
import type { Attachment, Credential, Outgoing } from "./credential.ts";
import { onServerTime } from "./server-time.ts";

/** Whom requests are signed for, and with what. */
export type OAuth1Options = {
  readonly consumerKey: string;
  /** Of the user whom the consumer acts for; absent where it acts for itself. */
  readonly token?: { readonly value: string | Secret; readonly secret: string | Secret };
  /** Where the signature travels. Default: the Authorization field. */
  readonly place?: "header" | "query";
  /** Further protocol parameters, which the steps of a login need. */
  readonly parameters?: Readonly<Record<`oauth_${string}`, string>>;
} & (
  | {
      readonly consumerSecret: string | Secret;
      /** Default `HMAC-SHA256`. `PLAINTEXT` is sent over https alone, or to this machine. */
      readonly signatureMethod?: OAuth1SecretMethod;
    }
  | {
      readonly signatureMethod: "RSA-SHA1";
      /** Imported for {@link rsaSha1}: `crypto.subtle.importKey("pkcs8", …, rsaSha1, …)`. */
      readonly privateKey: Parameters<typeof signOAuth1Rsa>[1];
    }
);

/**
 * A signature over every request: OAuth 1.0a (RFC 5849), one-, two- and three-legged. It covers method,
 * URL and, where the body is a form, the body.
 *
 * @throws ConfigurationError when a key or a secret is missing
 * @example
 * oauth1({ consumerKey, consumerSecret, token: { value, secret } });
 */
export function oauth1(options: OAuth1Options): Credential {
  const { consumerKey, token, place = "header", parameters = {} } = options;
  requireThat(consumerKey, "oauth1: give a consumerKey.");
  const { method, sign } = toSigner(options);

  return onServerTime({
    async attach(request, { now }): Promise<Attachment> {
      const isSafe = request.url.protocol === "https:" || isLoopback(request.url);
      ensure(method !== "PLAINTEXT" || isSafe, "origin_not_allowed: PLAINTEXT needs https.");
      const protocol: OAuth1Parameter[] = Object.entries({
        oauth_consumer_key: consumerKey,
        ...(token && { oauth_token: toSecret(token.value).reveal() }),
        oauth_signature_method: method,
        oauth_timestamp: String(toSeconds(now())),
        // Servers made of oauthlib take 20 to 30 letters and digits, unless told otherwise.
        oauth_nonce: crypto.randomUUID().replaceAll("-", "").slice(0, 30),
        ...parameters,
      });
      const base = oauth1BaseString({
        method: request.method,
        url: request.url.href,
        parameters: [...protocol, ...(await readForm(request))],
      });
      ensure(base !== undefined, "unsendable_credential: write the query in UTF-8 to sign it.");
      const signed = [...protocol, ["oauth_signature", await sign(base)] as const];
      if (place === "query") return { query: secretly(signed) };
      return { headers: { authorization: toSecret(`OAuth ${formatOAuth1Header(signed)}`) } };
    },
  });
}

function toSigner(options: OAuth1Options) {
  if (options.signatureMethod === "RSA-SHA1") {
    const { privateKey } = options;
    requireThat(
      privateKey?.type === "private",
      "oauth1: RSA-SHA1 needs a privateKey, imported for rsaSha1.",
    );
    return { method: "RSA-SHA1", sign: (base: string) => signOAuth1Rsa(base, privateKey) };
  }
  const { signatureMethod: method = "HMAC-SHA256" } = options;
  const consumerSecret = toSecret(options.consumerSecret);
  const tokenSecret = toSecret(options.token?.secret ?? "");
  if (!["HMAC-SHA256", "HMAC-SHA1", "PLAINTEXT"].includes(method)) {
    throw new ConfigurationError(`oauth1: ${method} is no signature method of RFC 5849.`);
  }
  const sign = (base: string) =>
    signOAuth1(method, base, {
      consumerSecret: consumerSecret.reveal(),
      tokenSecret: tokenSecret.reveal(),
    });
  return { method, sign };
}

/** The parameters of a body that is a form: they are signed, too (RFC 5849 §3.4.1.3.1). */
async function readForm(request: Outgoing): Promise<readonly OAuth1Parameter[]> {
  const [type] = (request.header("content-type") ?? "").split(";");
  if (type?.trim().toLowerCase() !== "application/x-www-form-urlencoded") return [];
  const body = new TextDecoder().decode(await request.body());
  const parameters = parseFormParameters(body);
  ensure(parameters, "unsendable_credential: write the form in UTF-8 to sign it.");
  return parameters;
}

function secretly(parameters: readonly OAuth1Parameter[]): Record<string, Secret> {
  return Object.fromEntries(parameters.map(([name, value]) => [name, toSecret(value)]));
}
