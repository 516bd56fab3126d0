/** What a page, a Worker and Deno tell of a promise. */
type RejectionEvent = Event & { readonly promise: Promise<unknown>; readonly reason: unknown };

/**
 * Notes what is rejected while nobody waits for it. Left to themselves, Node, Bun and Deno would end
 * with all tests that are still to come, and a page and a Worker say nothing.
 *
 * @returns ends the watch, and gives what has not been taken up since
 */
export function watchRejections(): () => unknown[] {
  const left = new Map<Promise<unknown>, unknown>();
  const note = (reason: unknown, promise: Promise<unknown>) => void left.set(promise, reason);
  const forget = (promise: Promise<unknown>) => void left.delete(promise);
  const onRejection = (event: Event) => {
    event.preventDefault();
    const { reason, promise } = event as RejectionEvent;
    note(reason, promise);
  };
  const onHandled = (event: Event) => forget((event as RejectionEvent).promise);
  const { process, addEventListener, removeEventListener } = globalThis;
  process?.on?.("unhandledRejection", note);
  process?.on?.("rejectionHandled", forget);
  addEventListener?.("unhandledrejection", onRejection);
  addEventListener?.("rejectionhandled", onHandled);
  return () => {
    process?.off?.("unhandledRejection", note);
    process?.off?.("rejectionHandled", forget);
    removeEventListener?.("unhandledrejection", onRejection);
    removeEventListener?.("rejectionhandled", onHandled);
    return [...left.values()];
  };
}
