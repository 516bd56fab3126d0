import { stringify } from "node:querystring";
import { ConfigurationError } from "@countersign/core/wire";
import type { Dispatcher } from "undici";
import type { Hop } from "../fetch/hop.ts";
import { holdBody } from "../transport/hold-body.ts";

type Request = Dispatcher.DispatchOptions;

/** A call's first hop. */
export async function toHop(request: Request): Promise<Omit<Hop, "credential">> {
  const { method, body } = request;
  const headers = toHeaders(request.headers);
  const url = toUrl(request);
  return { method, url, headers, ...(await holdBody(body, headers)) };
}

/** One sending. Whoever follows redirects below us would take everything of ours along. */
export function toDispatchOptions(
  { query, ...request }: Request,
  { method, url, headers, body }: Hop,
): Request {
  return {
    ...request,
    method,
    origin: url.origin,
    path: url.pathname + url.search,
    headers: [...headers].flat(),
    body: (body?.() ?? null) as Request["body"] & null,
    ...{ maxRedirections: 0 },
  };
}

function toUrl({ origin = "", path, query = {} }: Request): URL {
  // A path is appended, not resolved: "//evil.example" would lead elsewhere.
  const address = URL.parse(String(origin).replace(/\/$/, "") + path);
  if (!path.startsWith("/") || !address) {
    throw new ConfigurationError(
      "authenticate: a request needs an origin and a path that starts with a slash. Compose an Agent.",
    );
  }
  const added = stringify(query);
  if (added !== "") address.search += (address.search && "&") + added;
  return address;
}

function toHeaders(given: Request["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of entriesOf(given)) {
    for (const each of [value].flat()) if (each !== undefined) headers.append(name, String(each));
  }
  return headers;
}

/** Undici takes names and values in turn, pairs, or an object. */
function entriesOf(headers: Request["headers"] = []): [name: string, value: unknown][] {
  if (headers === null) return [];
  const list: unknown[] = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  if (list.every(Array.isArray)) return list as [string, unknown][];
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), list[index + 1]] as [string, unknown]] : [],
  );
}
