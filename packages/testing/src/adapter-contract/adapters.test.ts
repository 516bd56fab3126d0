import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listening } from "../issuer/listen.ts";
import { guardedHeaders } from "./case.ts";
import { contractCases } from "./cases.ts";
import { exchange, type RawAnswer } from "./exchange.ts";
import { type ContractKit, createContractKit } from "./kit.ts";
import { servers } from "./servers.ts";

/** All header fields but those by which servers frame a message and keep a connection. */
function headersOf({ headers }: RawAnswer): Record<string, string> {
  const framing = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !framing.includes(name)));
}

describe.each(Object.entries(servers))("the contract on %s", (_name, start) => {
  let kit: ContractKit;
  let server: Listening;
  beforeAll(async () => {
    kit = await createContractKit();
    server = await start(kit.routes);
  });
  afterAll(async () => {
    await server.close();
    await kit.close();
  });

  it.each(contractCases.map((each) => [each.name, each] as const))(
    "%s",
    async (_case, { request, answer }) => {
      const got = await exchange(server.url, await request(kit));

      const headers = Object.fromEntries(
        guardedHeaders.flatMap((name) => (name in got.headers ? [[name, got.headers[name]]] : [])),
      );
      const expected = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          value instanceof RegExp ? expect.stringMatching(value) : value,
        ]),
      );
      expect({ status: got.status, headers, body: got.body }).toEqual({
        ...answer,
        headers: expected,
      });
      if (got.status >= 400) {
        expect(headersOf(got)).toEqual({
          ...expected,
          "content-type": "application/problem+json",
        });
      }
    },
  );
});
