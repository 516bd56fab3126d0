import type { RedisCall, RedisNode } from "./client.ts";
import { isUnknownScript, readClock, type Script, timeLimit } from "./script.ts";

/** The one way in which everything here talks to Redis. */
export interface Connection {
  /**
   * Runs a script, in one atomic step. Rejects when Redis does not answer in time, and then what it
   * was asked has been done before that or never will be.
   *
   * @param keys all of one hash slot, so that a cluster can run it
   */
  run(
    script: Script,
    keys: readonly string[],
    args?: readonly (string | number)[],
  ): Promise<unknown>;
}

/** A connection by a client, which may be slow, gone, or queue commands: nobody waits long for it. */
export function createConnection(client: RedisNode): Connection {
  /** How far Redis's clock is ahead of ours, in milliseconds. */
  let offset = 0;
  /** How many calls have been given up that Redis may still answer. */
  let overdue = 0;

  async function send({ source, sha1 }: Script, call: RedisCall, sentAt: number) {
    const timed = { keys: call.keys, arguments: [...call.arguments, String(sentAt)] };
    try {
      return await client.evalSha(sha1, timed);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.eval(source, timed);
    }
  }

  async function ask(script: Script, call: RedisCall, isAwaited: () => boolean) {
    try {
      return await send(script, call, Date.now() + offset);
    } catch (error) {
      const time = readClock(error);
      if (time === undefined) throw error;
      offset = time - Date.now();
      if (!isAwaited()) throw error;
      // By what this server has just shown: those of a cluster may differ.
      return send(script, call, time);
    }
  }

  return {
    run(script, keys, args = []) {
      // A client that owes answers is not asked for more: they would pile up, and on a connection
      // that is written to nobody would notice that nothing comes back.
      if (overdue > 0) return Promise.reject(new Error("Redis still owes earlier answers."));
      return new Promise((resolve, reject) => {
        let isAwaited = true;
        const call = { keys: [...keys], arguments: args.map(String) };
        const answer = ask(script, call, () => isAwaited).finally(() => {
          if (!isAwaited) overdue -= 1;
          isAwaited = false;
          clearTimeout(timer);
        });
        const timer = setTimeout(() => {
          // Not at once: what has come while this process was busy is read first.
          setImmediate(() => {
            if (!isAwaited) return;
            isAwaited = false;
            overdue += 1;
            reject(new Error(`Redis has not answered within ${timeLimit} ms.`));
          });
        }, timeLimit);
        answer.then(resolve, reject);
      });
    },
  };
}
