import { createApiKey } from "@countersign/core";
import { type RunningApp, startApp } from "./app-process.ts";
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
  const running: RunningApp[] = [];
  const credentials = await makeCredentials();
  const start = async (app: string, port: number, env: Record<string, string> = {}) => {
    const all = { ...env, ...toEnvironment(credentials), ...overrides[app] };
    const started = await startApp(app, all, port);
    running.push(started);
    return started.url;
  };
  const stop = async () => {
    await Promise.all(running.map((each) => each.stop()));
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
