import { ConfigurationError } from "@countersign/core/wire";
import { toMilliseconds } from "./clock.ts";

/** What goes wrong at an issuer, instead of an answer. */
export interface Fault {
  /** Where: below the issuer's URL, as `"/jwks"`. Default: everywhere. */
  readonly path?: string | RegExp;
  /** For so many requests. Default: until it is stopped. */
  readonly times?: number;
  /** Answers late: milliseconds, or `"2s"`, by the machine's clock; `Infinity`: never. */
  readonly delay?: number | string;
  /** Answers with this status. Default 200, where there is a `body`. */
  readonly status?: number;
  /** Answers this: `"{"` is no JSON. */
  readonly body?: string;
  /** Answers `/jwks` with a set of no keys. */
  readonly emptyKeys?: boolean;
  /** Cuts the connection: without sockets `fetch` rejects, as it does then. */
  readonly reset?: boolean;
}

/** The faults that are scripted, in their order. */
export interface Faults {
  /** @throws ConfigurationError when nothing would go wrong */
  add(fault: Fault): () => void;
  /** What there is to answer instead; rejects where the connection is cut. */
  strike(path: string, signal: AbortSignal): Promise<Response | undefined>;
  /** Cuts whatever is being answered late. */
  close(): void;
}

/** A connection that is cut, as `fetch` reports it. */
class ConnectionReset extends TypeError {
  constructor() {
    super("fetch failed", { cause: new Error("The test issuer cut the connection.") });
  }
}

/** Nothing goes wrong before it is said. */
export function createFaults(): Faults {
  let open = new AbortController();
  const scripted = new Set<{ readonly fault: Fault; left: number }>();
  return {
    add(fault) {
      requireEffect(fault);
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      scripted.add(entry);
      return () => void scripted.delete(entry);
    },
    async strike(path, signal) {
      const entry = [...scripted].find(({ fault }) => isAt(fault, path));
      if (entry === undefined) return undefined;
      entry.left--;
      if (entry.left <= 0) scripted.delete(entry);
      const { delay, reset, status, body, emptyKeys } = entry.fault;
      if (delay !== undefined) await wait(delay, AbortSignal.any([signal, open.signal]));
      if (reset) throw new ConnectionReset();
      if (emptyKeys) return Response.json({ keys: [] });
      if (status === undefined && body === undefined) return undefined;
      return new Response(body, { status: status ?? 200 });
    },
    close() {
      open.abort(new ConnectionReset());
      open = new AbortController();
    },
  };
}

function isAt({ path, emptyKeys }: Fault, requested: string): boolean {
  if (path instanceof RegExp) return path.test(requested);
  return (path ?? (emptyKeys ? "/jwks" : requested)) === requested;
}

function requireEffect(fault: Fault): void {
  const { times, status, delay, reset, body, emptyKeys } = fault;
  const isSomething = reset || emptyKeys || [status, delay, body].some((one) => one !== undefined);
  if (!isSomething) {
    throw new ConfigurationError(
      "fail: say what is to go wrong: status, delay, body, emptyKeys or reset.",
    );
  }
  if (times !== undefined && !(Number.isSafeInteger(times) && times > 0)) {
    throw new ConfigurationError("fail: times must be a whole number, at least 1.");
  }
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new ConfigurationError("fail: status must be an HTTP status from 200 to 599.");
  }
  if (delay !== undefined && delay !== Number.POSITIVE_INFINITY) toMilliseconds(delay);
}

/** By the machine's clock, since it is a client's patience that is tried. */
function wait(delay: number | string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer =
      delay === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => {
            signal.removeEventListener("abort", stop);
            resolve();
          }, toMilliseconds(delay));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
