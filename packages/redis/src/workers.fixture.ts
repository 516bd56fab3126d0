/** Processes that share one Redis, each with a connection of its own, and do a thing at the same moment. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Jobs } from "./worker.fixture.ts";

/** What a worker is told. */
export interface Order {
  readonly job: keyof Jobs;
  readonly given: unknown;
  /** When to begin, in milliseconds since the epoch. */
  readonly at: number;
}

/** What it answers. */
export type Outcome = { readonly value?: unknown } | { readonly failure: string };

type Given<J extends keyof Jobs> = Parameters<Jobs[J]>[0];
type Result<J extends keyof Jobs> = Awaited<ReturnType<Jobs[J]>>;

export interface Workers {
  readonly processes: readonly ChildProcess[];
  /** Has one do something. Rejects when that fails, or it is killed. */
  one<J extends keyof Jobs>(worker: number, job: J, given: Given<J>): Promise<Result<J>>;
  /** Has every worker do something at the same moment, each with what is given to it. */
  all<J extends keyof Jobs>(job: J, givenTo: (worker: number) => Given<J>): Promise<Result<J>[]>;
  end(): void;
}

export async function startWorkers(url: string, count: number): Promise<Workers> {
  const processes = await Promise.all(Array.from({ length: count }, () => start(url)));

  async function order(worker: number, order: Order): Promise<unknown> {
    const outcome = await send(processes[worker] as ChildProcess, order);
    if ("failure" in outcome) throw new Error(outcome.failure);
    return outcome.value;
  }

  return {
    processes,
    one: (worker, job, given) => order(worker, { job, given, at: 0 }) as never,
    all(job, givenTo) {
      const at = Date.now() + 50;
      const orders = processes.map((_, nth) => order(nth, { job, given: givenTo(nth), at }));
      return Promise.all(orders) as never;
    },
    end() {
      for (const each of processes) each.kill("SIGKILL");
    },
  };
}

async function start(url: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL("worker.fixture.ts", import.meta.url));
  const child = fork(file, [url], { execArgv: ["--conditions=@countersign/source"] });
  await once(child, "message");
  return child;
}

function send(child: ChildProcess, order: Order): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      child.off("message", end).off("exit", onExit);
      resolve(outcome);
    };
    const onExit = () => end({ failure: "The worker has ended." });
    child.on("message", end).on("exit", onExit).send(order);
  });
}
