import { IssuerError } from "../issuer-error.ts";

/** In bytes; the longest parameters we know of are tokens. */
const limit = 65_536;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The parameters of a request; those without a value count as absent (RFC 6749 §3.2). */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form body strictly (RFC 6749 §3.2, appendix B): bounded, in UTF-8, no parameter twice.
 * `request.formData()` bounds nothing, and `URLSearchParams` takes bad escapes for text.
 *
 * @throws IssuerError `invalid_request`
 */
export async function readForm(request: Request): Promise<Form> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded *(; *charset="?utf-8"? *)?$/i.test(contentType)) {
    throw invalid("Send the parameters as application/x-www-form-urlencoded in UTF-8.");
  }
  return parse(await readBytes(request));
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed) {
    // A mistake of the program around us, not of the caller.
    throw new Error(
      "The body was read before issuer.fetch got it. Pass it a clone of the request.",
    );
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A reader instead of `for await`, which not every browser-like runtime has on streams.
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw invalid("The body could not be read.");
    });
    if (done) break;
    length += value.length;
    if (length > limit) {
      // Not awaited: a source that never settles its cancellation must not hold the answer back.
      reader.cancel().catch(() => {});
      throw invalid(`The body is longer than ${limit} bytes.`, 413);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function parse(bytes: Uint8Array): Form {
  const form = new Map<string, string>();
  for (const pair of decode(() => strictUtf8.decode(bytes)).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decodeFormText(pair.slice(equals + 1));
    if (form.has(name)) throw invalid("A parameter is there twice.");
    form.set(name, value);
  }
  for (const [name, value] of form) if (value === "") form.delete(name);
  return form;
}

/** @throws IssuerError `invalid_request` */
export function requireParameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value !== undefined) return value;
  throw invalid(`The parameter ${name} is missing.`);
}

/** One form-urlencoded text (RFC 6749 appendix B). */
export function decodeFormText(text: string): string {
  return decode(() => decodeURIComponent(text.replaceAll("+", " ")));
}

function decode(read: () => string): string {
  try {
    return read();
  } catch {
    throw invalid("What was sent is not form-urlencoded UTF-8.");
  }
}

function invalid(description: string, status = 400): IssuerError {
  return new IssuerError("invalid_request", description, { status });
}
