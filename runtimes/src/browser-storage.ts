import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { lockContract, tokenStoreContract } from "@countersign/core/state/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closing, type Outcomes } from "./browser-storage.suite.ts";
import { bundle } from "./bundle.ts";
import { findChromium } from "./find-program.ts";
import { runInChromium } from "./run-in.ts";

const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body></body>");
});
afterAll(() => server.close());

const names = [
  ...tokenStoreContract.flatMap(({ name }) => [`localStorage ${name}`, `sessionStorage ${name}`]),
  ...lockContract.map(({ name }) => `locks ${name}`),
  closing,
];
const missing = !findChromium();

describe.skipIf(missing)(`Chromium${missing ? " (apt-get install -y chromium)" : ""}`, () => {
  let outcomes: Outcomes;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const code = await bundle(new URL("browser-storage.suite.ts", import.meta.url), "browser");
    outcomes = (await runInChromium(code, { input: null, page })) as Outcomes;
  }, 120_000);

  test.each(names)("%s", (name) => {
    expect(outcomes[name]).toBe("kept");
  });
});
