import { IssuerError } from "@countersign/issuer";

/** JSON that nobody may keep. */
export function answerJson(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

/** RFC 6749 §5.2, as the issuer's own endpoints have it. */
export function answerRefusal(error: unknown): Response {
  if (!(error instanceof IssuerError)) throw error;
  const challenge = error.status === 401 ? { "www-authenticate": "Basic" } : {};
  return Response.json(error, {
    status: error.status,
    headers: { ...error.headers, ...challenge },
  });
}

/** A few words for whoever has a browser before them. */
export function answerText(text: string, status = 200): Response {
  return new Response(`${text}\n`, { status, headers: { "cache-control": "no-store" } });
}
