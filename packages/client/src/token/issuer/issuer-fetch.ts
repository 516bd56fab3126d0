import { requireSecureUrl } from "@countersign/core/wire";
import { abortable } from "../../abortable.ts";
import { ClientError, describeFailure } from "../../client-error.ts";
import { discard } from "../../fetch/discard.ts";
import type { Fetch } from "../../fetch/fetch.ts";

/** More than any metadata document or token answer needs, in bytes. */
const limit = 1_048_576;

/** How {@link createIssuerFetch} sends. */
interface IssuerFetchOptions {
  readonly fetch: Fetch;
  /** Milliseconds until an answer must be there in full. */
  readonly timeout: number;
}

/** What of an answer's headers is passed on. */
const headerNames = ["content-type", "dpop-nonce", "date", "age"];

/** What oauth4webapi asks to be sent. */
interface IssuerRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
}

/** What oauth4webapi sends by. */
export type IssuerFetch = (address: string, request: IssuerRequest) => Promise<Response>;

/**
 * A fetch for the authorization server: over https (or to this machine), within a time and a size,
 * following no redirect. What it gives back holds status, a few headers and the body, and nothing else,
 * so that no error made of it can show more. An outage is a ClientError.
 */
export function createIssuerFetch({ fetch, timeout }: IssuerFetchOptions): IssuerFetch {
  return async (address, request) => {
    const url = requireSecureUrl(address, "An endpoint of the authorization server");
    const place = url.origin + url.pathname;
    const signal = AbortSignal.timeout(timeout);
    try {
      return await abortable(exchange(), signal);
    } catch (error) {
      if (error instanceof ClientError) throw error;
      const what = signal.aborted ? `did not answer within ${timeout} ms` : "could not be reached";
      throw unreachable(`${place} ${what}${describeFailure(error)}.`);
    }

    async function exchange(): Promise<Response> {
      const { method, headers, body = null } = request;
      const init = { method, headers, body, redirect: "manual", signal } as const;
      const response = await fetch(address, init);
      // Browsers hide the status of a redirect.
      const status = response.type === "opaqueredirect" ? 302 : response.status;
      if (status >= 500 || status === 429) {
        await discard(response);
        throw unreachable(`${place} answered ${status}.`);
      }
      const answer = new Response(await readAtMost(limit, response), { status });
      for (const name of headerNames) {
        const value = response.headers.get(name);
        if (value !== null) answer.headers.set(name, value);
      }
      return answer;
    }
  };
}

function unreachable(what: string): ClientError {
  return new ClientError(
    `token_endpoint_unreachable: ${what} Try again later; if it stays so, check the issuer and the network.`,
  );
}

/** The whole body; none when it is empty, or longer than allowed: then the rest is not read. */
async function readAtMost(bytes: number, response: Response): Promise<Blob | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > bytes) {
      reader.cancel().catch(() => {});
      return null;
    }
    parts.push(value);
  }
  return size === 0 ? null : new Blob(parts);
}
