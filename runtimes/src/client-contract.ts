import { afterAll, beforeAll, expect, test } from "vitest";
import { authority } from "../../packages/client/fixtures/certificate.ts";
import { type HostileServer, serveHostile } from "../../packages/client/fixtures/hostile-server.ts";
import { transportContract } from "../../packages/client/src/transport/contract.ts";
import type { HostileOrigins } from "../../packages/client/src/transport/stage.ts";
import type { Ability } from "../../packages/client/src/transport/transport-case.ts";
import { bundle } from "./bundle.ts";
import type { Outcomes } from "./client-contract.suite.ts";
import { countOf, describeOn, note } from "./results.ts";
import { type RuntimeName, runtimeNames, runtimes } from "./runtimes.ts";

const suite = new URL("client-contract.suite.ts", import.meta.url);
const all: readonly Ability[] = ["redirects", "one-shot", "replayable", "cookies"];
/**
 * A browser tells nobody where a redirect leads, writes cookies itself, and takes streams as bodies over
 * HTTP/2 alone: what remains is everything that these have no part in.
 */
const none: readonly Ability[] = [];

/** Where a page lies that calls the API. */
type Page = (origins: HostileOrigins) => string;

/** The client's contract against a hostile server, by the runtime's own fetch. */
export function testClientContract(): void {
  let server: HostileServer;
  beforeAll(async () => {
    server = await serveHostile();
  });
  afterAll(() => server.close());

  const hold = (row: string, name: RuntimeName, page?: Page) =>
    describeOn(row, name, (begin) => {
      const abilities = page ? none : all;
      const cases = transportContract(...abilities).map(({ name }) => name);
      let outcomes: Outcomes = {};
      beforeAll(async () => {
        begin();
        const { target, run } = runtimes[name];
        const code = await bundle(suite, target);
        const input = { server: server.origins, abilities };
        const options = page ? { page: `${page(server.origins)}/-/page` } : {};
        outcomes = (await run(code, { input, certificate: authority, ...options })) as Outcomes;
        const kept = cases.filter((each) => outcomes[each] === "kept").length;
        note(row, name, countOf(kept, cases.length - kept));
      }, 180_000);

      test.each(cases)("%s", (name) => {
        expect(outcomes[name]).toBe("kept");
      });
    });

  for (const name of runtimeNames) {
    hold("client contract", name, name === "Chromium" ? ({ home }) => home : undefined);
  }
  hold("client contract from another origin", "Chromium", ({ otherPort }) => otherPort);
}
