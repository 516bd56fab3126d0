import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A sample in a process of its own, as `pnpm start` runs it. */
export interface RunningApp {
  readonly url: string;
  /** `SIGKILL` ends it as a power switch would. Gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts an app, and waits until it is ready.
 *
 * @param folder what relative paths are relative to
 * @throws Error with what it complained of when it ends before
 */
export async function startApp(
  app: string,
  folder: string,
  env: Readonly<Record<string, string>> & { readonly PORT: string },
): Promise<RunningApp> {
  const main = fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, ["--conditions=@countersign/source", main], {
    cwd: folder,
    env: { PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const closed = once(child, "close").finally(() => running.delete(child));
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes(" is ready at ")) resolve();
    });
  });
  const ended = closed.then(([code]) => {
    throw new Error(`${app} ended with code ${code}.\n${complaints}`);
  });
  await Promise.race([ready, ended]);
  ended.catch(() => {});
  return {
    // What it prints is its public URL, which may be a proxy's.
    url: `http://127.0.0.1:${env.PORT}`,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

/** A port of 127.0.0.1 that nobody has. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return String(port);
}

/** Sends JSON, and gives the status and what came back. */
export async function post(url: string, body: object) {
  const init = { method: "POST", body: JSON.stringify(body) };
  return read(await fetch(url, init));
}

/** Sends a form, with credentials of a client if there are any. */
export async function postForm(url: string, form: Record<string, string>, client?: string) {
  const headers: Record<string, string> = client ? { authorization: `Basic ${btoa(client)}` } : {};
  return read(await fetch(url, { method: "POST", body: new URLSearchParams(form), headers }));
}

async function read(response: Response) {
  const text = await response.text();
  const body = (text === "" ? {} : JSON.parse(text)) as Readonly<Record<string, string>>;
  const retryAfter = response.headers.get("retry-after");
  return {
    status: response.status,
    body,
    retryAfter,
    servedBy: response.headers.get("x-served-by"),
  };
}
