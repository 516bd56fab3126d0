import type { Dispatcher } from "undici";

/** A caller's hand on the request, whichever of our sendings is the present one. */
export interface Relay extends Dispatcher.DispatchController {
  /** Aborts with the caller's reason. */
  readonly signal: AbortSignal;
  /** From now on, this is the sending. */
  follow(sending: Dispatcher.DispatchController): void;
}

/** A controller that can abort before anything is sent, while a token is waited for. */
export function createRelay(): Relay {
  const aborter = new AbortController();
  let sending: Dispatcher.DispatchController | undefined;
  let paused = false;
  return {
    signal: aborter.signal,
    get aborted() {
      return aborter.signal.aborted;
    },
    get reason() {
      return aborter.signal.reason ?? null;
    },
    get paused() {
      return paused;
    },
    get rawHeaders() {
      return sending?.rawHeaders ?? null;
    },
    get rawTrailers() {
      return sending?.rawTrailers ?? null;
    },
    abort(reason) {
      aborter.abort(reason);
      sending?.abort(reason);
    },
    pause() {
      paused = true;
      sending?.pause();
    },
    resume() {
      paused = false;
      sending?.resume();
    },
    follow(next) {
      sending = next;
      if (aborter.signal.aborted) next.abort(aborter.signal.reason);
    },
  };
}
