import { ConfigurationError, encodeBasic } from "@countersign/core/wire";
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from "axios";
import type { Hop } from "../fetch/hop.ts";
import { holdBody } from "../transport/hold-body.ts";

/** Where there is a page, relative addresses are relative to it. */
type Page = { readonly location?: { readonly href: string } };

/** A call's first hop. What it takes from the configuration, {@link toConfig} leaves out. */
export async function toHop(config: InternalAxiosRequestConfig): Promise<Omit<Hop, "credential">> {
  if (config.beforeRedirect) {
    throw new ConfigurationError(
      "createAuthAdapter: beforeRedirect would not be called, because redirects are followed here. " +
        "Say maxRedirects: 0 and follow them yourself.",
    );
  }
  const { method = "get", auth, data } = config;
  const headers = new Headers(Object.entries(AxiosHeaders.from(config.headers).toJSON(true)));
  if (auth) headers.set("authorization", `Basic ${encodeBasic(auth)}`);
  const url = new URL(axios.getUri(config), (globalThis as Page).location?.href);
  return { method: method.toUpperCase(), url, headers, ...(await holdBody(data, headers)) };
}

/** The configuration for one sending: every answer is an answer, and no redirect is followed. */
export function toConfig(
  config: InternalAxiosRequestConfig,
  { method, url, headers, body }: Hop,
): InternalAxiosRequestConfig {
  const { baseURL, params, auth, data, ...rest } = config;
  return {
    ...rest,
    method,
    url: url.href,
    headers: AxiosHeaders.from(Object.fromEntries(headers)),
    ...(body && { data: toData(body()) }),
    maxRedirects: 0,
    // On fetch, older versions of axios would follow them all the same.
    fetchOptions: { ...rest.fetchOptions, redirect: "manual" },
    validateStatus: null,
  };
}

/** Axios takes an ArrayBuffer on every platform, and a view of one on Node alone. */
function toData(body: unknown): unknown {
  return body instanceof Uint8Array ? body.buffer : body;
}
