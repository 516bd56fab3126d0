import { formatAuthParams, parseAuthParams } from "./auth-params.ts";
import { percentDecode, percentEncode } from "./percent-encoding.ts";

/** A parameter of a request, decoded. The same name may occur more than once. */
export type OAuth1Parameter = readonly [name: string, value: string];

/**
 * The parameters of a query or of a form body (RFC 5849 §3.4.1.3.1). `undefined` for what is no
 * UTF-8: decoded with substitutes, two different requests would have one signature.
 *
 * @example
 * parseFormParameters("c2&a3=2+q"); // [["c2", ""], ["a3", "2 q"]]
 */
export function parseFormParameters(text: string): readonly OAuth1Parameter[] | undefined {
  const pairs = text.split("&").filter((pair) => pair !== "");
  return decodeAll(
    pairs.map((pair) => {
      const [name = "", ...rest] = pair.replaceAll("+", " ").split("=");
      return [name, rest.join("=")];
    }),
  );
}

/**
 * The parameters that follow `OAuth` in an Authorization field, the realm left out (RFC 5849
 * §3.4.1.3.1, §3.5.1). `undefined` if they cannot be read.
 *
 * @example
 * parseOAuth1Header('realm="Example", oauth_nonce="7d8f%3D"'); // [["oauth_nonce", "7d8f="]]
 */
export function parseOAuth1Header(value: string): readonly OAuth1Parameter[] | undefined {
  const params = parseAuthParams(value)?.filter(([name]) => name.toLowerCase() !== "realm");
  return params && decodeAll(params);
}

/**
 * What follows `OAuth` in an Authorization field (RFC 5849 §3.5.1).
 *
 * @example
 * formatOAuth1Header([["oauth_nonce", "7d8f="]]); // 'oauth_nonce="7d8f%3D"'
 */
export function formatOAuth1Header(parameters: readonly OAuth1Parameter[]): string {
  return formatAuthParams(
    parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)]),
  );
}

function decodeAll(encoded: readonly OAuth1Parameter[]): readonly OAuth1Parameter[] | undefined {
  const parameters: OAuth1Parameter[] = [];
  for (const pair of encoded) {
    const [name, value] = pair.map(percentDecode);
    if (name === undefined || value === undefined) return undefined;
    parameters.push([name, value]);
  }
  return parameters;
}
