import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authority } from "../../packages/client/fixtures/certificate.ts";
import { type HostileServer, serveHostile } from "../../packages/client/fixtures/hostile-server.ts";
import { transportContract } from "../../packages/client/src/transport/contract.ts";
import type { HostileOrigins } from "../../packages/client/src/transport/stage.ts";
import type { Ability } from "../../packages/client/src/transport/transport-case.ts";
import { bundle } from "./bundle.ts";
import type { Input, Outcomes } from "./client-contract.suite.ts";
import { findChromium } from "./find-program.ts";
import {
  runInBun,
  runInChromium,
  runInDeno,
  runInNode22,
  runInNode26,
  runInWorkerd,
} from "./run-in.ts";

const suite = new URL("client-contract.suite.ts", import.meta.url);
const all: readonly Ability[] = ["redirects", "one-shot", "replayable", "cookies"];
/**
 * A browser tells nobody where a redirect leads, writes cookies itself, and takes streams as bodies over
 * HTTP/2 alone: what remains is everything that these have no part in.
 */
const none: readonly Ability[] = [];

interface Runtime {
  readonly name: string;
  readonly bundled: Parameters<typeof bundle>[1];
  readonly abilities: readonly Ability[];
  readonly missing?: boolean;
  run(code: string, input: Input): Promise<unknown>;
}

function inChromium(page: (server: HostileOrigins) => string): Runtime["run"] {
  return (code, input) => runInChromium(code, { input, page: `${page(input.server)}/-/page` });
}

const certificate = authority;
const browser = { bundled: "browser", abilities: none, missing: !findChromium() } as const;
const runtimes: readonly Runtime[] = [
  {
    name: "Node 22",
    bundled: "node",
    abilities: all,
    run: (code, input) => runInNode22(code, { input, certificate }),
  },
  {
    name: "Node 26",
    bundled: "node",
    abilities: all,
    run: (code, input) => runInNode26(code, { input, certificate }),
  },
  {
    name: "Bun",
    bundled: "bun",
    abilities: all,
    run: (code, input) => runInBun(code, { input, certificate }),
  },
  {
    name: "Deno",
    bundled: "deno",
    abilities: all,
    run: (code, input) => runInDeno(code, { input, certificate }),
  },
  {
    name: "workerd",
    bundled: "workerd",
    abilities: all,
    run: (code, input) => runInWorkerd(code, { input, certificate }),
  },
  { name: "Chromium, a page of the API", ...browser, run: inChromium(({ home }) => home) },
  { name: "Chromium, a page of another origin", ...browser, run: inChromium((o) => o.otherPort) },
];

let server: HostileServer;
beforeAll(async () => {
  server = await serveHostile();
});
afterAll(() => server.close());

for (const { name, bundled, abilities, missing = false, run } of runtimes) {
  describe.skipIf(missing)(
    missing ? `${name} (needs Chromium: apt-get install -y chromium)` : name,
    () => {
      let outcomes: Outcomes;
      beforeAll(async () => {
        const code = await bundle(suite, bundled);
        outcomes = (await run(code, { server: server.origins, abilities })) as Outcomes;
      }, 180_000);

      test.each(transportContract(...abilities).map(({ name }) => name))("%s", (name) => {
        expect(outcomes[name]).toBe("kept");
      });
    },
  );
}
