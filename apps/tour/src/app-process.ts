import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A sample app in a process of its own. */
export interface RunningApp {
  readonly url: string;
  /** Ends it, and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Starts an app, with the conditions this process has, and waits for the URL it prints.
 *
 * @param app the folder it is in
 * @param preferredPort where it listens unless somebody else does, or `env` says otherwise
 * @throws Error with what it complained of, when it ends before it is ready
 */
export async function startApp(
  app: string,
  env: Readonly<Record<string, string>>,
  preferredPort = 0,
): Promise<RunningApp> {
  const main = fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: { ...process.env, PORT: String(await freePort(preferredPort)), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, url] = / is ready at (\S+)$/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`${app} ended with code ${code} before it was ready.\n${complaints}`);
  });
  const url = await Promise.race([ready, ended]);
  return { url, stop: () => stopApp(child) };
}

async function stopApp(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** The port itself if nobody has it, and any other if somebody does. */
async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer();
    const listening = once(server, "listening");
    server.listen(port, "127.0.0.1");
    try {
      await listening;
      const address = server.address();
      return typeof address === "object" && address ? address.port : preferred;
    } catch {
      // Taken: the next one.
    } finally {
      server.close();
    }
  }
  throw new Error("No port is free on 127.0.0.1.");
}
