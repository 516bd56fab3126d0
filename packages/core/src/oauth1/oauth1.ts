import { createPrincipal, type Principal } from "../guard/principal.ts";
import { requireOwnUrl } from "../guard/reach.ts";
import { bodyTooLarge, credentialMissing, oauth1Malformed } from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Attempt, Scheme } from "../guard/scheme.ts";
import { accepted, rejected, type Verdict, wrong } from "../guard/verdict.ts";
import type { ReplayStore } from "../state/replay.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { queryOf } from "../wire/oauth1-base-string.ts";
import {
  type OAuth1Parameter,
  parseFormParameters,
  parseOAuth1Header,
} from "../wire/oauth1-parameters.ts";
import type { OAuth1SignatureMethod } from "../wire/oauth1-signature.ts";
import {
  checkOAuth1,
  type OAuth1Caller,
  type OAuth1ConsumerStore,
  type OAuth1Means,
  type OAuth1TokenStore,
  oauth1Checks,
} from "./check-request.ts";
import { createSignatureCheck } from "./check-signature.ts";
import { hasFormBody, readFormBody } from "./form-body.ts";
import { presentsOAuth1 } from "./read-credentials.ts";

/** For whom a request was signed, and by which consumer: its key is the `clientId`. */
export type OAuth1Principal<N extends string = "oauth1"> = Principal<N> & {
  readonly subject: string;
  readonly clientId: string;
};

/** How OAuth 1.0a requests are taken. */
export interface OAuth1Options<N extends string = "oauth1"> {
  readonly consumers: OAuth1ConsumerStore;
  /** The tokens that consumers act with for users. Default: none, consumers act for themselves. */
  readonly tokens?: OAuth1TokenStore;
  /**
   * Default `["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1"]`. PLAINTEXT is taken only when it is listed, and
   * only over https, loopback excepted.
   */
  readonly signatureMethods?: readonly OAuth1SignatureMethod[];
  /** Seconds by which `oauth_timestamp` may differ from the time here. Default 300. */
  readonly timestampTolerance?: number;
  /**
   * Remembers nonces for twice that long: `createMemoryReplays()` for one process, a shared store where
   * several serve one API.
   */
  readonly replays: ReplayStore;
  /** What principals call this scheme. Default `"oauth1"`. */
  readonly name?: N;
}

const known: readonly string[] = ["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"];

/**
 * Requests that are signed as OAuth 1.0a has it (RFC 5849), with the parameters in the Authorization
 * field, the query, or a form body of 1 MiB at most. A form body is looked into for a credential only
 * where there is none elsewhere. The guard needs its `publicUrl`, since the signature covers the URL.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * oauth1({ consumers: { find: (key) => database.consumer(key) }, replays: createMemoryReplays() });
 */
export function oauth1<const N extends string = "oauth1">(
  options: OAuth1Options<N>,
): Scheme<OAuth1Principal<N>> {
  const name = options.name ?? ("oauth1" as N);
  const means = toMeans(options);

  /** @param isTentative the form body may hold no credential, nor be one */
  const attempt = (
    request: AuthRequest,
    location: string,
    header: readonly OAuth1Parameter[],
    isTentative = false,
  ): Attempt<OAuth1Principal<N>> => ({
    location,
    tentative: isTentative,
    async verify(context): Promise<Verdict<OAuth1Principal<N>>> {
      const form = await readFormBody(request);
      const isForm = typeof form !== "string";
      if (isTentative && !(isForm && presentsOAuth1(form))) return rejected(credentialMissing);
      if (form === "too large") return wrong(bodyTooLarge, "1 MiB at most", "more");
      if (!isForm) return wrong(oauth1Malformed, "a form in UTF-8", "another body");
      const result = await checkOAuth1(means, request, header, form, context);
      return "caller" in result ? accepted(toPrincipal(name, result)) : result;
    },
  });

  return Object.freeze<Scheme<OAuth1Principal<N>>>({
    name,
    takes: ["Authorization: OAuth"],
    requires: (guard) => requireOwnUrl(guard, "OAuth 1.0a signs the URL that is meant"),
    find(request, authorization) {
      if (authorization?.scheme === "oauth") {
        const header = parseOAuth1Header(authorization.value);
        if (header === undefined) {
          return wrong(oauth1Malformed, "parameters, each percent-encoded", "others");
        }
        return attempt(request, "authorization", header);
      }
      const query = parseFormParameters(queryOf(request.url));
      if (query !== undefined && presentsOAuth1(query)) return attempt(request, "query", []);
      return hasFormBody(request) ? attempt(request, "body", [], true) : undefined;
    },
    checks: () => oauth1Checks,
    challenges: () => [{ scheme: "OAuth", params: {} }],
    describe: () => [{ type: "http", scheme: "oauth" }],
  });
}

function toMeans(options: OAuth1Options<string>): OAuth1Means {
  const { consumers, tokens, replays, timestampTolerance = 300 } = options;
  const { signatureMethods = ["HMAC-SHA256", "HMAC-SHA1", "RSA-SHA1"] } = options;
  if (typeof consumers?.find !== "function") {
    throw new ConfigurationError("oauth1 needs consumers with find(key).");
  }
  if (tokens !== undefined && typeof tokens?.find !== "function") {
    throw new ConfigurationError("oauth1: tokens must have find(token, consumerKey).");
  }
  if (typeof replays?.reserve !== "function") {
    throw new ConfigurationError("oauth1: replays must be a ReplayStore: createMemoryReplays().");
  }
  if (signatureMethods.length === 0 || !signatureMethods.every((each) => known.includes(each))) {
    throw new ConfigurationError(`oauth1: signatureMethods must be out of ${known.join(", ")}.`);
  }
  if (!(Number.isSafeInteger(timestampTolerance) && timestampTolerance > 0)) {
    throw new ConfigurationError(
      "oauth1: timestampTolerance must be a whole number of seconds, such as 300.",
    );
  }
  return {
    consumers,
    tokens,
    signatureMethods: [...signatureMethods],
    timestampTolerance,
    replays,
    checkSignature: createSignatureCheck(),
  };
}

function toPrincipal<N extends string>(
  scheme: N,
  { caller, consumerKey }: OAuth1Caller,
): OAuth1Principal<N> {
  const { subject, scopes = [], roles = [], permissions = [] } = caller;
  const facts = { scheme, subject, clientId: consumerKey, scopes, roles, permissions };
  return createPrincipal(facts) as OAuth1Principal<N>;
}
