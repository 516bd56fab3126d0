import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("refresher.fixture.ts", import.meta.url));

/** What a process says about a round. */
interface Answer {
  readonly round: number;
  readonly token?: string;
  readonly error?: string;
}

/** Processes that share a login, one for each seat: who is killed is followed by another. */
export function startRefreshers(count: number, args: readonly string[]) {
  let round = 0;
  let answers = new Map<number, Answer>();
  let done = Promise.withResolvers<void>();
  const seats: ChildProcess[] = [];
  for (let seat = 0; seat < count; seat++) sit(seat);

  function sit(seat: number): void {
    const child = fork(script, args, { execArgv: ["--conditions=@countersign/source"] });
    seats[seat] = child;
    child.on("message", (answer: Answer) => {
      if (answer.round !== round || seats[seat] !== child) return;
      answers.set(seat, answer);
      if (answers.size === count) done.resolve();
    });
    if (round > 0) child.send(round);
  }

  return {
    /** One round: everybody's answer, in the order of their seats. */
    async play(): Promise<readonly Answer[]> {
      round++;
      answers = new Map();
      done = Promise.withResolvers();
      for (const child of seats) child.send(round);
      await done.promise;
      return [...answers.values()];
    },
    /** Kills a process as `kill -9` does, and has another one take its seat in this very round. */
    async kill(pid: number): Promise<void> {
      const seat = seats.findIndex((child) => child.pid === pid);
      const child = seats[seat];
      if (child === undefined) throw new Error(`There is no process ${pid}.`);
      answers.delete(seat);
      sit(seat);
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    stop() {
      for (const child of seats) child.kill("SIGKILL");
    },
  };
}
