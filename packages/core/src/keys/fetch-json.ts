import { type JsonObject, parseJsonObject } from "../wire/strict-json.ts";

/** The part of `fetch` that keys are fetched with; any fetch will do. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** 1 MiB. */
const longestAnswer = 1_048_576;

/**
 * Fetches a JSON object that is public and small: no redirects, 1 MiB at most.
 *
 * @throws Error that says what was wrong with the answer
 */
export async function fetchJson(
  url: string,
  signal: AbortSignal,
  fetch: Fetch = globalThis.fetch,
): Promise<JsonObject> {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "manual",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status || "with a redirect"} instead of 200`);
  }
  const object = parseJsonObject(await readBounded(response, url));
  if (object === undefined)
    throw new Error(`${url} answered with something that is no JSON object`);
  return object;
}

/**
 * The bytes of an answer, 1 MiB at most.
 *
 * @throws Error when there are more
 */
export async function readBounded(response: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // A reader and not `for await`: not every browser iterates streams.
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.length;
    if (length > longestAnswer) {
      await reader?.cancel();
      throw new Error(`${url} answered with more than ${longestAnswer} bytes`);
    }
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
