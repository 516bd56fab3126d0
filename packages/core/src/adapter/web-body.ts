import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Body, joinBytes } from "./body.ts";

/**
 * Reads a copy of a request's body; the application still has its own.
 *
 * @throws ConfigurationError when the body has been read before
 */
export async function readWebBody(request: Request, limit: number): Promise<Body> {
  if (request.bodyUsed || request.body?.locked) {
    throw new ConfigurationError(
      "The body has been read and its bytes are gone, so that they cannot be checked. Put protect(guard) before whatever reads the body.",
    );
  }
  const reader = request.clone().body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
      chunks.push(next.value);
      length += next.value.length;
      if (length > limit) {
        // Not awaited: it is done when the application, too, is done with the body.
        reader?.cancel().catch(() => {});
        return undefined;
      }
    }
  } catch {
    return undefined;
  }
  return joinBytes(chunks, length);
}
