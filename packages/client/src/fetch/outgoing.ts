import { ClientError } from "../client-error.ts";
import type { Outgoing } from "../credential/credential.ts";
import { type Hop, isReplayable } from "./hop.ts";

/** A hop as credentials see it. */
export function toOutgoing(hop: Hop): Outgoing {
  const { method, url, headers, body } = hop;
  return {
    method,
    url: new URL(url),
    replayable: isReplayable(hop),
    header: (name) => headers.get(name) ?? undefined,
    async body() {
      if (body === undefined) return undefined;
      if (body instanceof Uint8Array) return body.slice();
      if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
      throw notReplayable("The credential has to read the body before it is sent");
    },
  };
}

/** The error for whatever needs the body twice. */
export function notReplayable(why: string): ClientError {
  return new ClientError(
    "not_replayable",
    `${why}, and the body is a stream, which can be read only once. Pass the body as a string, bytes, ` +
      "a Blob or a form; or make the call again with a new stream.",
  );
}
