import type { Hop, ReplayableStream } from "../fetch/hop.ts";

type Sent = ReturnType<NonNullable<Hop["body"]>>;

/**
 * A body of a library other than fetch. It is held as bytes, so that a second sending has the same
 * ones, boundaries of forms included: the content type of a form is written into the headers. A Blob
 * stays where it is; whatever is read as it is sent can be sent once, unless it can be made again.
 */
export async function holdBody(
  body: unknown,
  headers: Headers,
): Promise<Pick<Hop, "body" | "replayable">> {
  if (body === undefined || body === null) return { body: undefined, replayable: true };
  const held = body instanceof Blob ? body : await toBytes(body, headers);
  if (held) return { body: () => held, replayable: true };
  const { again } = body as Partial<ReplayableStream>;
  // What the library takes and fetch does not, it gets back as it was.
  return { body: again ?? (() => body as Sent), replayable: again !== undefined };
}

async function toBytes(
  body: unknown,
  headers: Headers,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (isForm(body)) {
    // A copy: a library's own form is none to Response.
    const copy = new FormData();
    for (const [name, value] of body) copy.append(name, value as Blob);
    const form = new Response(copy);
    headers.set("content-type", form.headers.get("content-type") ?? "");
    return new Uint8Array(await form.arrayBuffer());
  }
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof URLSearchParams) return new TextEncoder().encode(String(body));
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice());
  if (!ArrayBuffer.isView(body)) return undefined;
  const { buffer, byteOffset, byteLength } = body;
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
}

function isForm(body: unknown): body is Iterable<[name: string, value: string | Blob]> {
  if (typeof body !== "object" || body === null || !(Symbol.iterator in body)) return false;
  return Symbol.toStringTag in body && body[Symbol.toStringTag] === "FormData";
}
