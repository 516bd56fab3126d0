import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Target } from "./bundle.ts";
import { findChromium } from "./find-program.ts";
import {
  type RunOptions,
  runInBun,
  runInChromium,
  runInDeno,
  runInNode22,
  runInNode24,
  runInNode26,
  runInWorkerd,
} from "./run-in.ts";

interface Runtime {
  readonly target: Target;
  /** What installs it, where it is missing. */
  readonly install?: string;
  run(bundle: string, options: RunOptions): Promise<unknown>;
}

/** Where the suites are to hold. */
export type RuntimeName =
  | "Node 22"
  | "Node 24"
  | "Node 26"
  | "Bun"
  | "Deno"
  | "workerd"
  | "Chromium";

const missingChromium = findChromium() ? {} : { install: "apt-get install -y chromium" };

export const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  "Node 22": { target: "node", run: runInNode22 },
  "Node 24": { target: "node", run: runInNode24 },
  "Node 26": { target: "node", run: runInNode26 },
  Bun: { target: "bun", run: runInBun },
  Deno: { target: "deno", run: runInDeno },
  workerd: { target: "workerd", run: runInWorkerd },
  Chromium: { target: "browser", run: onPage, ...missingChromium },
};

export const runtimeNames = Object.keys(runtimes) as RuntimeName[];

/** On a page of loopback, which browsers take for a secure one. */
async function onPage(bundle: string, { input, page }: RunOptions): Promise<unknown> {
  if (page !== undefined) return runInChromium(bundle, { input, page });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body></body>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return await runInChromium(bundle, { input, page: own });
  } finally {
    server.close();
  }
}
