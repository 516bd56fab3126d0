import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { giveCore } from "./cores.ts";
import type { Settings } from "./settings.ts";

/** An application that runs. */
export interface Runner {
  readonly name: string;
  readonly url: string;
  stop(): void;
}

const entry = fileURLToPath(new URL("app.ts", import.meta.url));

/** Starts an application in a process of its own. */
export async function start(name: string, settings: Omit<Settings, "publicUrl">): Promise<Runner> {
  const child: ChildProcess = fork(entry, [name], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  if (child.pid !== undefined) giveCore(child.pid, "application");
  child.send(settings);
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with ${code} before it was ready.`);
  });
  const [{ publicUrl }] = await Promise.race([once(child, "message"), failed]);
  failed.catch(() => {});
  return { name, url: `${publicUrl}/orders`, stop: () => child.kill("SIGKILL") };
}
