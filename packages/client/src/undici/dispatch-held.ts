import type { Dispatcher } from "undici";
import type { Reply } from "../fetch/exchange.ts";
import type { Relay } from "./relay.ts";

/** An answer that is held back until it is known whether the caller gets it. */
export interface HeldReply extends Reply {
  /** Gives it to the caller: what has come of it now, the rest as it comes. */
  release(): void;
}

/**
 * Dispatches once. The promise settles with the head of the answer, whose body waits in the network
 * until it is released, or is cancelled with its connection.
 *
 * @param handler the caller's
 */
export function dispatchHeld(
  dispatch: Dispatcher.Dispatch,
  request: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
  relay: Relay,
): Promise<HeldReply> {
  return new Promise((resolve, reject) => {
    // What came although the connection was told to pause: some of it was there already.
    let held: (() => void)[] | undefined = [];
    let cancelled = false;

    function tell(event: () => void): void {
      if (cancelled) return;
      if (held) held.push(event);
      else event();
    }

    dispatch(request, {
      onRequestStart: (controller) => relay.follow(controller),
      onRequestUpgrade: (_, ...upgrade) => handler.onRequestUpgrade?.(relay, ...upgrade),
      onResponseStarted: () => handler.onResponseStarted?.(),
      onBodySent: (chunk) => handler.onBodySent?.(chunk),
      onRequestSent: () => handler.onRequestSent?.(),
      onResponseStart(controller, status, headers, message) {
        const start = () => handler.onResponseStart?.(relay, status, headers, message);
        // Early hints come before an answer, not in its place.
        if (status < 200) return start();
        controller.pause();
        tell(start);
        resolve({
          status,
          headers: { get: (name) => headers[name.toLowerCase()]?.toString() ?? null },
          body: {
            async cancel() {
              cancelled = true;
              controller.abort(new Error("Nobody waits for this answer."));
            },
          },
          release() {
            const events = held ?? [];
            held = undefined;
            try {
              for (const event of events) event();
            } catch (error) {
              // Within its own events, undici would do the same.
              cancelled = true;
              controller.abort(error as Error);
              handler.onResponseError?.(relay, error as Error);
            }
            if (!relay.paused) controller.resume();
          },
        });
      },
      onResponseData: (_, chunk) => tell(() => handler.onResponseData?.(relay, chunk)),
      onResponseEnd: (_, trailers) => tell(() => handler.onResponseEnd?.(relay, trailers)),
      onResponseError(_, error) {
        reject(error);
        tell(() => handler.onResponseError?.(relay, error));
      },
    });
  });
}
