import type { AuthRequest } from "../guard/request.ts";
import { type OAuth1Parameter, parseFormParameters } from "../wire/oauth1-parameters.ts";

/** 1 MiB. */
const bodyLimit = 1_048_576;
const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Whether a request says that its body is a form, the only kind that signatures cover (RFC 5849
 * §3.4.1.3.1). Of two types the first counts, as it does for Node and what parses bodies on it.
 */
export function hasFormBody(request: AuthRequest): boolean {
  const type = request.header("content-type") ?? "";
  return /^[\t ]*application\/x-www-form-urlencoded[\t ]*(?:[;,]|$)/i.test(type);
}

/** The parameters of a form body, none for any other, or why there are none to be had. */
export async function readFormBody(
  request: AuthRequest,
): Promise<readonly OAuth1Parameter[] | "malformed" | "too large"> {
  if (!hasFormBody(request)) return [];
  const bytes = await request.body(bodyLimit);
  if (bytes === undefined) return "too large";
  try {
    return parseFormParameters(utf8.decode(bytes)) ?? "malformed";
  } catch {
    return "malformed";
  }
}
