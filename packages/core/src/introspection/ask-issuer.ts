import {
  type AuthorizationServer,
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  introspectionRequest,
} from "oauth4webapi";
import { discover } from "../keys/discover.ts";
import { type Fetch, readBounded } from "../keys/fetch-json.ts";
import { withinDeadline } from "../keys/within-deadline.ts";
import { isLoopback } from "../wire/loopback.ts";
import type { Secret } from "../wire/secret.ts";
import { parseJsonObject } from "../wire/strict-json.ts";
import { type Ask, TokenNotTaken, toAnswer } from "./answer.ts";
import { type AnswerSigner, openSignedAnswer, signedAnswerType } from "./signed-answer.ts";

/** How we make ourselves known to an issuer (RFC 6749 §2.3.1). */
export type ClientAuthentication = "client_secret_basic" | "client_secret_post";

/** Whom to ask, and as whom. */
export interface IssuerToAsk {
  readonly issuer: string | undefined;
  /** `undefined`: discovered. */
  readonly endpoint: string | undefined;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `undefined`: what the issuer's metadata offers, basic where it offers both or says nothing. */
  readonly clientAuthentication: ClientAuthentication | undefined;
  /** Who signs answers; `undefined`: signed ones cannot be verified. */
  readonly signer: AnswerSigner | undefined;
  /** Whether answers must be signed. */
  readonly signed: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly fetch: Fetch | undefined;
}

/**
 * Asks the issuer's introspection endpoint (RFC 7662 §2). The request is oauth4webapi's; the answer is
 * read here, as strictly as tokens are: within a time and a size, following no redirect, and signed ones
 * by the keys and the clock that tokens are verified with. The token goes there and nowhere else, and no
 * error quotes anything but what we say ourselves.
 */
export function askIssuer(whom: IssuerToAsk): Ask {
  const { clientId, clientSecret, signer, signed, timeout, fetch = globalThis.fetch } = whom;
  let known: KnownServer | undefined = whom.endpoint ? toServer(whom, whom.endpoint) : undefined;

  const ask = async (token: string, now: number, signal: AbortSignal) => {
    const server = await findServer(signal);
    const from = server.introspection_endpoint;
    const authenticate =
      (whom.clientAuthentication ?? preferred(server)) === "client_secret_post"
        ? ClientSecretPost
        : ClientSecretBasic;
    const response = await introspectionRequest(
      server,
      { client_id: clientId },
      authenticate(clientSecret.reveal()),
      token,
      {
        signal,
        requestJwtResponse: signed,
        [customFetch]: (url, init) => exchange(fetch, url, init as RequestInit),
        [allowInsecureRequests]: isLoopback(new URL(from)),
      },
    );
    const bytes = await readBounded(response, from);
    if (mediaType(response) === signedAnswerType) {
      if (signer === undefined)
        throw new Error(`${from} signed its answer, but no issuer is named`);
      return toAnswer(await openSignedAnswer(new TextDecoder().decode(bytes), signer, now), from);
    }
    if (signed) throw new Error(`${from} gave an answer that is not signed`);
    return toAnswer(parseJsonObject(bytes), from);
  };

  async function findServer(signal: AbortSignal): Promise<KnownServer> {
    if (known !== undefined || whom.issuer === undefined) return known as KnownServer;
    const metadata = await discover(whom.issuer, "introspection_endpoint", signal, fetch);
    known = metadata as unknown as KnownServer;
    return known;
  }

  return async (token, now) => {
    try {
      return await withinDeadline(timeout, (signal) => ask(token, now, signal));
    } catch (error) {
      // Perhaps the endpoint has moved.
      if (whom.endpoint === undefined && !(error instanceof TokenNotTaken)) known = undefined;
      throw error;
    }
  };
}

type KnownServer = AuthorizationServer & { readonly introspection_endpoint: string };

function toServer({ issuer }: IssuerToAsk, endpoint: string): KnownServer {
  return { issuer: issuer ?? endpoint, introspection_endpoint: endpoint };
}

function preferred(server: KnownServer): ClientAuthentication {
  // "If omitted, the default is client_secret_basic" is said of the token endpoint (RFC 8414 §2), whose
  // methods are this one's too where it names none of its own.
  const offered =
    server.introspection_endpoint_auth_methods_supported ??
    server.token_endpoint_auth_methods_supported;
  const isPostOnly =
    Array.isArray(offered) &&
    offered.includes("client_secret_post") &&
    !offered.includes("client_secret_basic");
  return isPostOnly ? "client_secret_post" : "client_secret_basic";
}

async function exchange(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, redirect: "manual" });
  } catch (error) {
    // Whatever a fetch says may quote what it was to send.
    throw new Error(`${url} could not be reached${codeOf(error)}`);
  }
  if (response.status === 200) return response;
  response.body?.cancel().catch(() => {});
  const problem = `${url} answered ${response.status || "with a redirect"} instead of 200`;
  throw response.status === 400 ? new TokenNotTaken(problem) : new Error(problem);
}

/** Such as ECONNREFUSED, which Node's fetch has in the cause of its error. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : undefined;
  return typeof code === "string" && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : "";
}

function mediaType(response: Response): string | undefined {
  return response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}
