#!/usr/bin/env node
import { parseArgs } from "node:util";
import { createRunningClock } from "../issuer/clock.ts";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";
import { describeOffer } from "./offer.ts";
import { type Config, readConfig } from "./read-config.ts";

const usage = `Usage: countersign-test-issuer [--port N] [--config file.json]

Serves a test issuer on 127.0.0.1: OAuth 2 and OpenID Connect, with logins at once. Never for production.

  --port N            where it listens; default: a free port
  --config file.json  its clients, users and claims:
                      { "audience", "algorithm", "accessTokenLifetime", "dpopNonces",
                        "device": { "pending", "slowDown", "interval" },
                        "clients": [{ "id", "secret", "scopes", "redirectUris", … }],
                        "users": [{ "subject", "claims", "roles", "accessTokenClaims" }],
                        "tenants": { "name": { … } } }

Without a file: the client test-client (secret: test-client-secret; scopes: read, write), the public
client test-app, and the user test-user.`;

/** What was wrong on the command line, in a line. */
class UsageError extends Error {}

async function main(): Promise<void> {
  const { port, path, help } = readArguments();
  if (help) return console.log(usage);
  const { tenants = {}, ...options }: Config = path === undefined ? {} : await readConfig(path);
  const issuer = createTestIssuer({ ...options, clock: createRunningClock() });
  const housed = Object.entries(tenants).map(
    ([name, own]) => [issuer.tenant(name, own), own] as const,
  );
  await listen(issuer, port);
  process.once("SIGTERM", () => void issuer.close()).once("SIGINT", () => void issuer.close());
  for (const [each, own] of [[issuer, options] as const, ...housed]) {
    console.log(`${await describeOffer(each, own)}\n`);
  }
  console.log(`countersign-test-issuer is ready at ${issuer.url}`);
}

function readArguments() {
  const options = {
    port: { type: "string" },
    config: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { port = "0", config: path, help } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port must be a number from 0 to 65535, and "${port}" is none.`);
  }
  return { port: Number(port), path, help };
}

async function listen(issuer: TestIssuer, port: number): Promise<void> {
  try {
    await issuer.listen(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new UsageError(`Port ${port} is taken. Choose another, or leave --port out.`);
    }
    if (code === "EACCES") {
      throw new UsageError(`Port ${port} is not for everybody. Choose one above 1023.`);
    }
    throw error;
  }
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof UsageError || (error as Error).name === "ConfigurationError";
  console.error(isExpected ? `countersign-test-issuer: ${(error as Error).message}` : error);
  // What was opened before would keep it alive.
  process.exit(1);
}
