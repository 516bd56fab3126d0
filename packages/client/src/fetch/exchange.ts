import { abortable } from "../abortable.ts";
import { ClientError, describeFailure } from "../client-error.ts";
import type { Answer, Attachment, Credential, Retry } from "../credential/credential.ts";
import { withAttachment } from "./attached.ts";
import { discard } from "./discard.ts";
import type { Fetch } from "./fetch.ts";
import { type Hop, isReplayable } from "./hop.ts";
import { notReplayable, toOutgoing } from "./outgoing.ts";

/** What all hops of one call share. */
export interface Call {
  readonly credential: Credential;
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly settings: RequestInit;
  readonly signal: AbortSignal | undefined;
  /** The reasons for which this call has been sent again. */
  readonly spent: Set<Retry>;
}

/** An answer, and what had been attached to the request. */
export interface Exchange {
  readonly response: Response;
  readonly attachment: Attachment;
}

/** Attaches, sends, and does both once more where the credential says that it may help. */
export async function exchange(hop: Hop, call: Call): Promise<Exchange> {
  for (;;) {
    const attachment = hop.bare ? {} : await abortable(attach(hop, call), call.signal);
    const response = await send(hop, attachment, call);
    const retry = await attachment.answered?.(toAnswer(response));
    if (retry === undefined || call.spent.has(retry)) return { response, attachment };
    call.spent.add(retry);
    await discard(response);
    if (!isReplayable(hop)) {
      throw notReplayable(
        `The API refused the ${retry} (${response.status}); a new one needs a new request`,
      );
    }
  }
}

async function attach(hop: Hop, { credential, signal, now }: Call): Promise<Attachment> {
  return credential.attach(toOutgoing(hop), { signal, now });
}

async function send(hop: Hop, attachment: Attachment, call: Call): Promise<Response> {
  const { url, headers } = withAttachment(hop, attachment);
  const { method, body = null } = hop;
  const { fetch, settings, signal } = call;
  const request = { ...settings, method, headers, body, signal: signal ?? null };
  const stream = isReplayable(hop) ? {} : { duplex: "half" as const };
  try {
    return await abortable(fetch(url.href, { ...request, ...stream, redirect: "manual" }), signal);
  } catch (error) {
    if (signal?.aborted || attachment.query === undefined) throw error;
    // Some runtimes put the whole URL into their errors, and with it what is ours.
    throw new ClientError(
      "request_failed",
      `${url.origin}${url.pathname} could not be reached${describeFailure(error)}. Try again later; if ` +
        "it stays so, check the URL and the network.",
    );
  }
}

function toAnswer({ status, headers }: Response): Answer {
  return { status, header: (name) => headers.get(name) ?? undefined };
}
