import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import axios, { type AxiosInstance } from "axios";
import ky from "ky";
import { createFetch } from "ofetch";
import { Agent, type Dispatcher, request } from "undici";
import { createAuthAdapter } from "../axios/create-auth-adapter.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { Fetch } from "../fetch/fetch.ts";
import { authenticate } from "../undici/authenticate.ts";
import type { Ability, Trial } from "./transport-case.ts";

/** A transport as its users put it together, and as the contract calls it: like fetch. */
interface Transport {
  readonly name: string;
  readonly abilities: readonly Ability[];
  readonly connect: Trial["connect"];
}

export const transports: readonly Transport[] = [
  {
    name: "createAuthFetch",
    abilities: ["redirects", "one-shot", "replayable", "cookies"],
    connect: createAuthFetch,
  },
  {
    // Ky makes Requests of all calls, and their bodies are held in memory.
    name: "createAuthFetch in ky",
    abilities: ["redirects", "replayable", "cookies"],
    connect(options) {
      const fetch = createAuthFetch(options);
      const api = ky.create({ fetch, retry: 0, throwHttpErrors: false });
      return async (input, init) => api(input, init);
    },
  },
  {
    name: "createAuthFetch in ofetch",
    abilities: ["redirects", "one-shot", "replayable", "cookies"],
    connect(options) {
      const api = createFetch({ fetch: createAuthFetch(options) });
      return async (input, init = {}) => {
        const plain = { retry: 0, ignoreResponseError: true, responseType: "stream" } as const;
        return api.raw<unknown, "stream">(String(input), { ...init, ...plain } as object);
      };
    },
  },
  {
    // So does axios on fetch.
    name: "createAuthFetch in axios's fetch adapter",
    abilities: ["redirects", "replayable", "cookies"],
    connect: (options) =>
      viaAxios(
        axios.create({
          adapter: "fetch",
          env: { fetch: createAuthFetch(options) },
        }),
      ),
  },
  {
    name: "createAuthAdapter for axios, on Node's http",
    abilities: ["redirects", "one-shot", "cookies"],
    connect: (options) =>
      viaAxios(axios.create({ adapter: createAuthAdapter(options) }), "Node's streams"),
  },
  {
    name: "createAuthAdapter for axios, on fetch",
    abilities: ["redirects", "one-shot", "replayable", "cookies"],
    connect: (options) =>
      viaAxios(axios.create({ adapter: createAuthAdapter({ ...options, adapter: "fetch" }) })),
  },
  {
    name: "authenticate for undici",
    abilities: ["redirects", "one-shot", "replayable", "cookies"],
    connect(options) {
      const agent = new Agent();
      return viaUndici(agent.compose(authenticate({ ...options, redirect: "follow" })));
    },
  },
];

function viaAxios(api: AxiosInstance, takes?: "Node's streams"): Fetch {
  return async (input, { method = "GET", headers, body, signal } = {}) => {
    const data =
      takes && body instanceof ReadableStream ? Readable.fromWeb(body as NodeReadableStream) : body;
    // On fetch outside of browsers, axios gives a form another type, unless it is told.
    const type = body instanceof FormData && { "content-type": "multipart/form-data" };
    const answer = await api.request<ArrayBuffer>({
      url: String(input),
      method,
      headers: { ...type, ...Object.fromEntries(new Headers(headers)) },
      data,
      ...(signal && { signal }),
      responseType: "arraybuffer",
      validateStatus: null,
    });
    return toResponse(answer.status, answer.data, Object.entries(answer.headers));
  };
}

function viaUndici(dispatcher: Dispatcher): Fetch {
  return async (input, { method = "GET", headers, body = null, signal = null } = {}) => {
    const answer = await request(String(input), {
      dispatcher,
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(new Headers(headers)),
      body: (body instanceof URLSearchParams ? String(body) : body) as string | null,
      signal,
    });
    const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return toResponse(answer.statusCode, Readable.toWeb(answer.body) as ReadableStream, fields);
  };
}

function toResponse(
  status: number,
  body: ArrayBuffer | ReadableStream,
  headers: [string, unknown][] | string[][],
) {
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : body, { status, headers: headers as [string, string][] });
}
