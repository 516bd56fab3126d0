import autocannon from "autocannon";

/** The headers of one request. */
export type Headers = Readonly<Record<string, string>>;

/** What came of a load. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

const connections = 32;

/** Sends one request after the other on every connection for some seconds; all share out the headers. */
export function loadFor(seconds: number, url: string, headers: readonly Headers[]): Promise<Load> {
  return load(url, headers, { duration: seconds });
}

/** Sends each of these headers once, but for the few that cannot be shared out evenly. */
export function loadOnce(url: string, headers: readonly Headers[]): Promise<Load> {
  return load(url, headers, { amount: headers.length - (headers.length % connections) });
}

async function load(
  url: string,
  headers: readonly Headers[],
  length: { duration: number } | { amount: number },
): Promise<Load> {
  const share = Math.floor(headers.length / connections);
  if (share < 1) throw new Error(`A load needs ${connections} requests at least.`);
  let next = 0;
  const sleep = stayAwake();
  let answers = 0;
  let firstAnswerAt = 0;
  let lastAnswerAt = 0;
  const result = await autocannon({
    url,
    connections,
    ...length,
    setupClient(client) {
      client.on("response", () => {
        lastAnswerAt = performance.now();
        if (answers++ === 0) firstAnswerAt = lastAnswerAt;
      });
      const own = headers.slice(next * share, ++next * share);
      client.setRequests(own.map((each) => ({ headers: { ...each } })));
    },
  });
  sleep();
  if (result.non2xx > 0 || result.errors > 0) {
    const { statusCodeStats, errors } = result;
    throw new Error(`${url}: ${errors} errors, ${JSON.stringify(statusCodeStats)}`);
  }
  // Not the run's own duration, which is a whole number of seconds and begins with connecting.
  const perSecond = ((answers - 1) * 1000) / (lastAnswerAt - firstAnswerAt);
  return { perSecond, p99: result.latency.p99 };
}

/**
 * Keeps this process from sleeping until what it gives is called. A server that is slower than its caller
 * has to wake it for every answer, which costs more than many a check; the faster one would not.
 */
function stayAwake(): () => void {
  let isAwake = true;
  const stay = () => {
    if (isAwake) setImmediate(stay);
  };
  stay();
  return () => {
    isAwake = false;
  };
}
