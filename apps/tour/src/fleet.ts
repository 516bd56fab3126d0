import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createApiKey } from "@countersign/core";
import type { Options } from "./options.ts";

/** The secrets that all apps of the tour share, made anew each time. */
interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The running apps. */
export interface Fleet {
  readonly issuerUrl: string;
  readonly apis: readonly { readonly framework: string; readonly url: string }[];
  readonly credentials: Credentials;
  /** Ends them all, and waits until they have. */
  stop(): Promise<void>;
}

const frameworks = [
  { framework: "Express", app: "express-api", port: 4001 },
  { framework: "Hono", app: "hono-api", port: 4002 },
  { framework: "Fastify", app: "fastify-api", port: 4003 },
];

/**
 * Starts the auth server and an API for each framework, every one a process of its own.
 *
 * @throws Error when one of them does not start
 */
export async function startFleet({ overrides }: Options): Promise<Fleet> {
  const running: ChildProcess[] = [];
  const credentials = await makeCredentials();
  const start = async (app: string, preferredPort: number, env: Record<string, string> = {}) => {
    const port = String(await freePort(preferredPort));
    return startApp(running, app, {
      ...env,
      ...toEnvironment(credentials),
      PORT: port,
      ...overrides[app],
    });
  };
  const stop = async () => {
    await Promise.all(running.map(stopApp));
  };

  try {
    // Elsewhere it keeps a file; a demo leaves none behind unless it is told to.
    const { DATABASE_URL = "sqlite::memory:" } = process.env;
    const issuerUrl = await start("auth-server", 4000, { DATABASE_URL });
    const apis = [];
    for (const { framework, app, port } of frameworks) {
      apis.push({ framework, url: await start(app, port, { ISSUER_URL: issuerUrl }) });
    }
    return { issuerUrl, apis, credentials, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeCredentials(): Promise<Credentials> {
  const random = () =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64url");
  return {
    username: "ada",
    password: random(),
    apiKey: (await createApiKey("orders")).key,
    clientId: "demo-client",
    clientSecret: random(),
  };
}

function toEnvironment(credentials: Credentials): Record<string, string> {
  return {
    DEMO_USERNAME: credentials.username,
    DEMO_PASSWORD: credentials.password,
    DEMO_API_KEY: credentials.apiKey,
    DEMO_CLIENT_ID: credentials.clientId,
    DEMO_CLIENT_SECRET: credentials.clientSecret,
  };
}

/** Starts an app, with the conditions this process has, and waits for the URL it prints. */
async function startApp(
  running: ChildProcess[],
  app: string,
  env: Record<string, string>,
): Promise<string> {
  const main = fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
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
  return Promise.race([ready, ended]);
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
