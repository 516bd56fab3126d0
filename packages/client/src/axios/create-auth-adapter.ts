import {
  type AxiosAdapter,
  AxiosError,
  type AxiosResponse,
  CanceledError,
  getAdapter,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from "axios";
import { abortable } from "../abortable.ts";
import { ClientError } from "../client-error.ts";
import type { AuthFetchOptions } from "../fetch/create-auth-fetch.ts";
import { exchange } from "../fetch/exchange.ts";
import type { Hop } from "../fetch/hop.ts";
import { ensureListed, requireOrigins } from "../fetch/origins.ts";
import { toConfig, toHop } from "./config.ts";
import { toReply } from "./reply.ts";

/** A credential, and the only origins it is for. */
export interface AuthAdapterOptions extends Omit<AuthFetchOptions, "fetch"> {
  /**
   * What sends. Default: axios's adapter for Node's http, or the one for fetch where there is no Node.
   * Not the one for XMLHttpRequest, which follows redirects with everything that was attached.
   */
  readonly adapter?: AxiosAdapter | "http" | "fetch";
}

/**
 * An adapter of axios that proves who is calling: what `createAuthFetch` is for fetch. Interceptors,
 * transforms, progress and timeouts (for each sending) stay what they are; redirects are followed here.
 *
 * Errors of axios stay axios's; ours are a `ClientError`. Answers and errors hold no request of Node's,
 * which would show the credential; `request.responseURL` tells where an answer came from.
 *
 * @throws ConfigurationError when origins is empty, or one is not secure or more than an origin
 * @example
 * const api = axios.create({
 *   baseURL: "https://api.example.com",
 *   adapter: createAuthAdapter({
 *     origins: ["https://api.example.com"],
 *     credential: bearer(clientCredentials({ issuer, clientId, clientSecret })),
 *   }),
 * });
 * const { data } = await api.get("/orders");
 */
export function createAuthAdapter(options: AuthAdapterOptions): AxiosAdapter {
  const origins = requireOrigins(options.origins);
  const { adapter = ["http", "fetch"], credential, clock = Date } = options;
  const now = () => clock.now();

  return async (config) => {
    const signal = readSignal(config);
    try {
      const inner = getAdapter(adapter, config);
      const first = await toHop(config);
      ensureListed(first.url, origins);
      const call = exchange(
        { ...first, credential },
        {
          context: { signal, now },
          redirect: config.maxRedirects === 0 ? "manual" : "follow",
          send: createSend(inner, config),
        },
      );
      const { reply, hop } = await abortable(call, signal);
      return settle(reply.response, config, hop);
    } catch (error) {
      throw signal?.aborted ? new CanceledError(undefined, config) : clean(error, config);
    }
  };
}

/** Sends, and follows no more redirects than the configuration allows. */
function createSend(inner: AxiosAdapter, config: InternalAxiosRequestConfig) {
  let left = config.maxRedirects ?? 20;
  let status = 0;
  return async (hop: Hop) => {
    // After a redirect, there is another sending only if it is followed.
    if (status >= 300 && status < 400 && left-- === 0) {
      throw new ClientError("redirect_refused: call the final URL, or raise maxRedirects.");
    }
    const reply = toReply(await inner(toConfig(config, hop)));
    status = reply.status;
    return reply;
  };
}

/** The caller's signal and the older token in one. */
function readSignal({ signal, cancelToken }: InternalAxiosRequestConfig): AbortSignal | undefined {
  if (cancelToken === undefined) return signal as AbortSignal | undefined;
  const aborter = new AbortController();
  cancelToken.promise.then((reason) => aborter.abort(reason));
  return AbortSignal.any([aborter.signal, ...(signal ? [signal as AbortSignal] : [])]);
}

/** The answer as axios would give it, without what was sent: that shows the credential. */
function settle(
  { status, ...rest }: AxiosResponse,
  config: InternalAxiosRequestConfig,
  { url }: Hop,
): AxiosResponse {
  const response = { ...rest, status, config, request: { responseURL: url.href } };
  const { validateStatus } = config;
  if (!status || !validateStatus || validateStatus(status)) return response;
  const code = status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  const message = `Request failed with status code ${status}`;
  throw new AxiosError(message, code, config, response.request, response);
}

/** An error of the inner adapter knows what was sent; the caller's configuration takes its place. */
function clean(error: unknown, config: InternalAxiosRequestConfig): unknown {
  if (!isAxiosError(error)) return error;
  error.config = config;
  delete error.request;
  return error;
}
