import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { exchange, type RawAnswer, type RawRequest } from "../adapter-contract/exchange.ts";
import { servers } from "../adapter-contract/servers.ts";
import type { Listening } from "../issuer/listen.ts";
import type { AttackCase } from "./case.ts";
import { corpus } from "./corpus.ts";
import { forged } from "./forge.ts";
import { type AttackKit, createAttackKit, secrets } from "./kit.ts";

it("names every case by a word of its own", () => {
  const ids = corpus.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
});

const fetched = vi.spyOn(globalThis, "fetch");
afterAll(() => fetched.mockRestore());

describe.each(Object.entries(servers))("attacks on %s", (_name, start) => {
  let kit: AttackKit;
  let server: Listening;
  beforeAll(async () => {
    kit = await createAttackKit();
    server = await start(kit.routes);
    // The keys of both issuers, for each guard that has verifiers of its own.
    const paths = ["/tokens", "/clients", "/bound", "/bound/nonce", "/session"];
    for (const path of paths) await exchange(server.url, await forged({}, path)(kit));
    const claims = { iss: "https://tenant-b.test" };
    await exchange(server.url, await forged({ claims }, "/tokens")(kit));
  });
  afterAll(async () => {
    await server.close();
    await kit.close();
  });

  it.each(corpus.map((each) => [each.id, each] as const))("%s", async (_id, attack) => {
    const request = await attack.request(kit);
    const asked = kit.outside.requests.length;
    fetched.mockClear();

    const answer = await exchange(server.url, request);

    expectAnswer(answer, attack);
    const allowed = attack.group === "introspection" ? [`${kit.outside.url}/introspect`] : [];
    expect(fetched.mock.calls.map(([input]) => String(input))).toEqual(allowed);
    expect(kit.outside.requests.slice(asked)).toHaveLength(allowed.length);
    expect(leaked(request, answer)).toEqual([]);
  });

  it("compares a password for a user who does not exist too", async () => {
    const before = kit.compared.length;
    const authorization = `Basic ${btoa("nobody:guess")}`;
    await exchange(server.url, { path: "/basic", headers: [["authorization", authorization]] });
    expect(kit.compared.slice(before)).toEqual([undefined]);
  });
});

/** For whom good requests are made, where that is one and the same. */
const subjects: Readonly<Record<string, string>> = {
  ...{ basic: "ada", digest: "ada", "api-key": "partner", oauth1: "printer" },
};

function expectAnswer(
  { status, headers, body }: RawAnswer,
  attack: Pick<AttackCase, "group" | "expect">,
): void {
  const { group, expect: expected } = attack;
  const problem = JSON.parse(body) as Readonly<Record<string, unknown>>;
  if (expected === "accept" || "subject" in expected) {
    const subject = expected === "accept" ? subjects[group] : expected.subject;
    expect({ status, ...problem }).toMatchObject({
      ...{ status: 200, scheme: expect.any(String) },
      ...(subject !== undefined && { subject }),
    });
    return;
  }
  const { reason, error, challenge } = expected;
  expect({ status, reason: problem.reason, error: problem.error }).toEqual({
    ...{ status: expected.status, reason, error },
  });
  const offered = headers["www-authenticate"] ?? "";
  // The challenges of OAuth 1.0a and of keys have no place for it.
  const hasPlace = !["oauth1", "api-key"].includes(group);
  expect(/ error="([^"]*)"/.exec(offered)?.[1]).toBe(hasPlace ? error : undefined);
  if (status === 401) expect(offered).not.toBe("");
  if (challenge !== undefined) expect(offered).toContain(challenge);
}

/** What of the request's credentials, or of the server's own secrets, an answer gives away. */
function leaked({ path, headers = [] }: RawRequest, answer: RawAnswer): readonly string[] {
  const told = `${JSON.stringify(answer.headers)}\n${answer.body}`;
  const carried = headers
    .filter(([name]) => /^(authorization|dpop|cookie|x-api-key|x-csrf-token)$/.test(name))
    .map(([, value]) => value.replace(/\b(nonce|realm|uri|username)="[^"]*"/g, ""));
  const query = path.split("?")[1] ?? "";
  const pieces = [...carried, query].flatMap((text) => text.split(/[^\w%+/-]+/));
  const own = Object.values(secrets).filter((secret) => typeof secret === "string");
  return [...pieces, ...own].filter((piece) => piece.length >= 12 && told.includes(piece));
}
