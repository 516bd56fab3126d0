import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { Credential, Retry } from "./credential.ts";
import { onServerTime } from "./server-time.ts";

const hour = 3_600_000;
const origins = ["https://a.example", "https://b.example", "http://localhost:8080"];

/** Writes its time, and on 401 what `retry` says. */
function stamp(retry?: Retry): Credential {
  return onServerTime({
    attach: (_, { now }) => ({
      headers: { "x-now": String(now()) },
      answered: ({ status }) => (status === 401 ? retry : undefined),
    }),
  });
}

/** Servers whose clocks are ahead of ours by so many milliseconds, and which take no other time. */
function setUp(ahead: number, options: { credential?: Credential; headers?: object } = {}) {
  const clock = standingClock();
  const fetch = fakeFetch(({ headers }) => {
    const now = clock.now() + ahead;
    const isRight = Math.abs(Number(headers.get("x-now")) - now) <= 2000;
    const date = new Date(now).toUTCString();
    return new Response(null, {
      status: isRight ? 200 : 401,
      headers: { date, ...options.headers },
    });
  });
  const credential = options.credential ?? stamp();
  const api = createAuthFetch({ origins, credential, fetch, clock });
  const stamps = () =>
    fetch.requests.map(({ headers }) => Number(headers.get("x-now")) - clock.now());
  return { api, clock, stamps };
}

test.each([hour, -hour, 5000])(
  "a clock that is off by %i ms costs one retry, and no other",
  async (ahead) => {
    const { api, stamps } = setUp(ahead);
    expect((await api("https://a.example/1")).status).toBe(200);
    expect((await api("https://a.example/2")).status).toBe(200);
    expect(stamps()).toEqual([0, ahead, ahead]);
  },
);

test("a difference that answers explain is none", async () => {
  const { api, stamps } = setUp(1999);
  await api("https://a.example/");
  await api("https://a.example/");
  expect(stamps()).toEqual([0, 0]);
});

test("each origin has its own clock; this machine's counts, too", async () => {
  const { api, stamps } = setUp(hour);
  await api("https://a.example/");
  await api("https://b.example/");
  await api("http://localhost:8080/");
  expect(stamps()).toEqual([0, hour, 0, hour, 0, hour]);
});

test("is learnt from good answers, and follows the server", async () => {
  let ahead = 4000;
  const clock = standingClock();
  const seen: number[] = [];
  const fetch = fakeFetch(({ headers }) => {
    seen.push(Number(headers.get("x-now")) - clock.now());
    return new Response(null, { headers: { date: new Date(clock.now() + ahead).toUTCString() } });
  });
  const api = createAuthFetch({ origins, credential: stamp(), fetch, clock });
  await api("https://a.example/");
  ahead = 0;
  await api("https://a.example/");
  await api("https://a.example/");
  expect(seen).toEqual([0, 4000, 0]);
});

test.each([
  ["an answer of a cache", { age: "0" }],
  ["a date that is none", { date: "yesterday" }],
  ["no date", { date: "" }],
])("is not learnt from %s", async (_, headers) => {
  const { api, stamps } = setUp(hour, { headers });
  expect((await api("https://a.example/")).status).toBe(401);
  expect((await api("https://a.example/")).status).toBe(401);
  expect(stamps()).toEqual([0, 0]);
});

test("is not learnt where others may listen", async () => {
  const date = new Date(0).toUTCString();
  const header = (name: string) => (name === "date" ? date : undefined);
  const answer = { status: 401, retried: [], header };
  const attach = async () => {
    const request = {
      method: "GET",
      url: new URL("http://a.example/"),
      replayable: true,
      header: () => undefined,
      body: () => undefined,
    };
    return credential.attach(request, { signal: undefined, now: () => hour });
  };
  const credential = stamp();
  const first = await attach();
  expect(await first.answered?.(answer)).toBeUndefined();
  expect((await attach()).headers).toEqual({ "x-now": String(hour) });
});

test("a refusal for another reason is not asked again, and the credential's own reason goes first", async () => {
  const refusing = (credential: Credential) => {
    const clock = standingClock();
    const fetch = fakeFetch(
      () =>
        new Response(null, { status: 401, headers: { date: new Date(clock.now()).toUTCString() } }),
    );
    return { fetch, api: createAuthFetch({ origins, credential, fetch, clock }) };
  };
  const plain = refusing(stamp());
  expect((await plain.api("https://a.example/")).status).toBe(401);
  expect(plain.fetch.requests).toHaveLength(1);
  const own = refusing(stamp("token"));
  expect((await own.api("https://a.example/")).status).toBe(401);
  expect(own.fetch.requests).toHaveLength(2);
});
