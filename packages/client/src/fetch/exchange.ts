import { ensure } from "../client-error.ts";
import type { AttachContext, Attachment, Outgoing, Retry } from "../credential/credential.ts";
import { withAttachment } from "./attached.ts";
import { ensureReplayable, type Hop } from "./hop.ts";
import { nextHop } from "./redirect.ts";

/** What an answer has, whichever transport it came by. A Response is one. */
export interface Reply {
  /** 0 where the transport hides that it redirects: browsers do. */
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
  /** Is cancelled when nobody will read it. */
  readonly body?: Pick<ReadableStream, "cancel"> | null;
}

/** How a call is made. */
export interface Call<H extends Hop, R extends Reply> {
  readonly context: AttachContext;
  /** What to do about redirects, in the words of Fetch. Default: `follow`. */
  readonly redirect: RequestInit["redirect"] | undefined;
  /** Sends a request as it is, following no redirect. What else it needs travels in the hop. */
  send(request: H): Promise<R>;
}

/** An answer, and the way to it. */
export interface Exchange<H extends Hop, R extends Reply> {
  readonly reply: R;
  /** The request that it answers, without what is ours. */
  readonly hop: H;
}

/**
 * Makes a call over whatever sends: with the credential, once more where the credential says that it
 * may help, and across redirects, with which nothing of ours goes to another origin.
 */
export async function exchange<H extends Hop, R extends Reply>(
  first: H,
  { context, redirect, send }: Call<H, R>,
): Promise<Exchange<H, R>> {
  const retried: Retry[] = [];
  let hop = first;
  for (let followed = 0; ; ) {
    const attachment: Attachment = (await hop.credential?.attach(toOutgoing(hop), context)) ?? {};
    const reply = await send(withAttachment(hop, attachment)).catch((error) => {
      // Some runtimes put the whole URL into their errors, and with it what is ours.
      ensure(!attachment.query || context.signal?.aborted, "request_failed: try later.");
      throw error;
    });
    const { status } = reply;
    const header = headerOf(reply.headers);
    const retry = await attachment.answered?.({ status, retried, header });
    const again = retry && !retried.includes(retry);
    const location = header("location");
    // Fetch, "redirect status" and "location URL"
    const redirects = !status || (location && /30[12378]/.test(status as unknown as string));
    if (!again && (redirect === "manual" || !redirects)) return { reply, hop };
    await reply.body?.cancel().catch(() => {}); // nobody will read it: its connection is free
    if (again) retried.push(retry);
    else {
      // As many as Fetch allows (HTTP-redirect fetch, step 7)
      ensure(redirect !== "error" && followed++ < 20, "redirect_refused: call the final URL.");
      hop = nextHop(hop, status, location, attachment.query);
    }
    ensureReplayable(hop);
  }
}

/** A hop as credentials see it. */
function toOutgoing(hop: Hop): Outgoing {
  const { method, url, headers, body, replayable } = hop;
  return {
    method,
    url: new URL(url),
    replayable,
    header: headerOf(headers),
    async body() {
      ensureReplayable(hop);
      return body && new Response(body()).bytes();
    },
  };
}

function headerOf(headers: Pick<Headers, "get">): Outgoing["header"] {
  return (name) => headers.get(name) ?? undefined;
}
