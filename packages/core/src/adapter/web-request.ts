import type { Answer } from "../guard/answer.ts";
import type { Policy } from "../guard/guard.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { HeaderField } from "../guard/verdict.ts";
import type { Body } from "./body.ts";
import type { Connection } from "./connection.ts";
import { type RequestParts, viewRequest } from "./view.ts";
import { readWebBody } from "./web-body.ts";

/**
 * Views a Fetch `Request`.
 *
 * @param connection what the runtime tells of the connection. Nothing of it is taken from the
 * request's own URL: on Node servers that is only as good as the Host field and the request target
 * @param header reads a field, where the runtime has a faster way than to make `Headers` of all
 */
export function viewWebRequest(
  request: Request,
  policy: Policy,
  connection: Connection = {},
  header: AuthRequest["header"] = (name) => request.headers.get(name) ?? undefined,
): AuthRequest {
  return viewRequest(new WebParts(request, connection, header), policy);
}

class WebParts implements RequestParts {
  readonly request: Request;
  readonly connection: Connection;
  readonly header: AuthRequest["header"];

  constructor(request: Request, connection: Connection, header: AuthRequest["header"]) {
    this.request = request;
    this.connection = connection;
    this.header = header;
  }

  get method(): string {
    return this.request.method;
  }

  path(): string {
    const { pathname, search } = new URL(this.request.url);
    return pathname + search;
  }

  readBody(limit: number): Promise<Body> {
    return readWebBody(this.request, limit);
  }
}

/** The answer as a Fetch `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}

/** The application's answer with further fields; a response's own headers may be immutable. */
export function withHeaders(response: Response, fields: readonly HeaderField[]): Response {
  if (fields.length === 0) return response;
  const copy = new Response(response.body, response);
  for (const [name, value] of fields) copy.headers.set(name, value);
  return copy;
}
