import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Question, Reply } from "./issuer-process.fixture.ts";

/** An issuer in a process of its own. */
export interface KillableIssuer {
  readonly pid: number | undefined;
  /** Rejects with an {@link Unanswered} when the process ends before it answers. */
  ask(task: Question["task"], text?: string): Promise<unknown>;
  /** Ends the process where it is: `kill -9`. */
  kill(): Promise<void>;
}

/** The process ended before it answered: what was asked of it may have been done, or not. */
export class Unanswered extends Error {}

/** What an issuer refused, or could not do. */
export class Refused extends Error {}

/**
 * Starts a process, which has no database yet.
 *
 * @param notice seconds for which a new signing key is published before it signs
 */
export function startIssuer(notice: number): KillableIssuer {
  const program = new URL("issuer-process.fixture.ts", import.meta.url);
  const child = fork(program, [String(notice)], { execArgv: ["--conditions=@countersign/source"] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let questions = 0;
  child.on("message", ({ id, result, error }: Reply) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asker?.resolve(result);
    else asker?.reject(new Refused(error));
  });
  child.on("exit", () => {
    for (const asker of waiting.values()) asker.reject(new Unanswered());
    waiting.clear();
  });
  child.on("error", () => {});
  return {
    pid: child.pid,
    ask(task, text) {
      if (hasEnded(child)) return Promise.reject(new Unanswered());
      const asker = Promise.withResolvers<unknown>();
      const id = questions++;
      waiting.set(id, asker);
      child.send({ id, task, ...(text !== undefined && { text }) } satisfies Question, () => {});
      return asker.promise;
    },
    async kill() {
      if (hasEnded(child)) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return (exitCode ?? signalCode) !== null;
}
