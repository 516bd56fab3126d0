import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./measurement.ts";
import type { Run } from "./run.ts";

const entry = fileURLToPath(new URL("memory-process.ts", import.meta.url));

/** The heap of a process that verifies ever new tokens, so that its cache is full after the first tenth. */
export async function memory({ isQuick, tell }: Run): Promise<Measurement[]> {
  const tokens = isQuick ? 100_000 : 1_000_000;
  tell(`memory: ${tokens} distinct tokens`);
  const child = fork(entry, [String(tokens)], { execArgv: ["--expose-gc"] });
  const [heaps] = (await once(child, "message")) as [number[]];
  return heaps.map((value, at) => ({
    group: "memory",
    scene: `heap while verifying ${tokens.toLocaleString("en")} distinct tokens`,
    contestant: `after ${((at + 1) * 10).toString().padStart(3)} %`,
    ...{ unit: "MB", value, rounds: [value] },
  }));
}
