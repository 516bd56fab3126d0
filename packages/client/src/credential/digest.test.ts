import {
  createGuard,
  createMemoryReplays,
  digest as digestScheme,
  type DigestOptions as ServerOptions,
} from "@countersign/core";
import { protect } from "@countersign/core/web";
import { digestHa1 } from "@countersign/core/wire";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { type DigestOptions, digest } from "./digest.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const url = "https://api.example.com/orders?q=1";
const ada = { username: "ada", password: "marked-secret" };

function setUp(answer: Parameters<typeof fakeFetch>[0], options: Partial<DigestOptions> = {}) {
  const fetch = fakeFetch(answer);
  const credential = digest({ ...ada, ...options });
  const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
  const sent = () => fetch.requests.map(({ headers }) => headers.get("authorization"));
  return { api, fetch, sent };
}

const refusal = (...challenges: readonly string[]) =>
  new Response(null, {
    status: 401,
    headers: challenges.map((each) => ["www-authenticate", each]),
  });

/** A guard of ours, which takes each nonce count once. */
async function serve(options: Partial<ServerOptions> = {}, username = "ada") {
  const realm = "orders";
  const user = { username, realm, password: ada.password };
  const ha1 = {
    "SHA-256": await digestHa1("SHA-256", user),
    "SHA-512-256": await digestHa1("SHA-512-256", user),
    MD5: await digestHa1("MD5", user),
  };
  const find = (name: string) => (name === username ? { subject: name, ha1 } : undefined);
  const scheme = digestScheme({ users: { find }, replays: createMemoryReplays(), ...options });
  const guard = createGuard({ realm, publicUrl: "https://api.example.com", schemes: [scheme] });
  const connection = () => ({ secure: true });
  return protect(guard, async (request) => new Response(await request.text()), undefined, {
    connection,
  });
}

/** RFC 7616 §3.9.1. */
describe("RFC 7616 §3.9.1", () => {
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
  const challenge = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`;
  const responses = {
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    MD5: "8ca523f5e9506fed4657c9700eebdbec",
  } as const;

  test.each([
    ["SHA-256", undefined],
    ["MD5", ["MD5"]],
  ] as const)("answers by %s", async (algorithm, algorithms) => {
    const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    vi.spyOn(crypto, "randomUUID").mockReturnValue(cnonce as never);
    const fetch = fakeFetch(() => refusal(challenge("SHA-256"), challenge("MD5")));
    const origin = "http://127.0.0.1";
    const user = { username: "Mufasa", password: "Circle of Life" };
    const credential = digest({ ...user, ...(algorithms && { algorithms }) });
    await createAuthFetch({ origins: [origin], credential, fetch })(`${origin}/dir/index.html`);
    const answer = fetch.requests[1]?.headers.get("authorization");
    expect(answer).toContain(`response="${responses[algorithm]}"`);
    for (const part of [
      'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html"',
      `algorithm=${algorithm}, qop=auth, nonce="${nonce}", cnonce="${cnonce}"`,
      "nc=00000001",
      `opaque="${opaque}"`,
    ]) {
      expect(answer).toContain(part);
    }
  });
});

describe.each<[string, Partial<ServerOptions>, Partial<DigestOptions>]>([
  ["SHA-256", {}, {}],
  ["SHA-512-256", { algorithms: ["SHA-512-256"] }, {}],
  ["SHA-256-sess", { algorithms: ["SHA-256-sess"] }, {}],
  ["MD5 that was asked for", { algorithms: ["MD5"] }, { algorithms: ["MD5"] }],
  ["auth-int that the server wants", { qop: ["auth-int"] }, {}],
  ["auth-int that the client wants", {}, { qop: "auth-int" }],
])("a guard takes %s", (_, server, client) => {
  test("the first call in two requests, all later ones in one", async () => {
    const api = await serve(server);
    const { api: call, fetch } = setUp((request) => api(request), client);
    for (const body of ["one", "two", "three"]) {
      const answer = await call(url, { method: "POST", body });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(body);
    }
    expect(fetch.requests).toHaveLength(4);
  });
});

test("a guard takes a user name that a quoted-string cannot hold", async () => {
  const api = await serve({}, "zo\u00eb");
  const { api: call } = setUp((request) => api(request), { username: "zo\u00eb" });
  expect((await call(url)).status).toBe(200);
});

test("a hundred calls at once are all let in", async () => {
  const api = await serve();
  const { api: call } = setUp((request) => api(request));
  const answers = await Promise.all(Array.from({ length: 100 }, () => call(url)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test("answers a stale nonce by the next one, once", async () => {
  const challenge = (nonce: number) =>
    `Digest realm="r", nonce="n${nonce}", qop="auth", algorithm=SHA-256, stale=true`;
  let nonce = 0;
  const { api, fetch, sent } = setUp(() => refusal(challenge(nonce++)));
  expect((await api(url)).status).toBe(401);
  expect(sent()).toEqual([null, expect.stringContaining('nonce="n0"')]);
  // The nonce that came with the last answer is good for the next call.
  await api(url);
  expect(sent().slice(2)).toEqual([
    expect.stringContaining('nonce="n1"'),
    expect.stringContaining('nonce="n2"'),
  ]);
  expect(fetch.requests).toHaveLength(4);
});

test("does not try a refused password again", async () => {
  let nonce = 0;
  const { api, sent } = setUp(() =>
    refusal(`Digest realm="r", nonce="n${nonce++}", qop="auth", algorithm=SHA-256`),
  );
  expect((await api(url)).status).toBe(401);
  expect(sent()).toHaveLength(2);
  // Nothing is sent ahead: the next call hears the challenge first.
  await api(url);
  expect(sent()[2]).toBeNull();
});

test("goes on by the nonce that an answer names", async () => {
  let asked = 0;
  const { api, sent } = setUp(() => {
    if (asked++ === 0)
      return refusal('Digest realm="r", nonce="n0", qop="auth", algorithm=SHA-256');
    return new Response("", { headers: { "authentication-info": 'nextnonce="n1"' } });
  });
  await api(url);
  await api(url);
  expect(sent()[2]).toMatch(/nc=00000001.*nonce="n1"/);
});

test("hides the user name where the server asks for it (RFC 7616 §3.4.4)", async () => {
  const { api, sent } = setUp(() =>
    refusal('Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256, userhash=true'),
  );
  await api(url);
  expect(sent()[1]).toContain("userhash=true");
  expect(sent()[1]).not.toContain("ada");
});

test.each([
  ["MD5 alone", 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'],
  ["MD5 by default", 'Digest realm="r", nonce="n", qop="auth"'],
  ["no qop", 'Digest realm="r", nonce="n", algorithm=SHA-256'],
  ["an unknown qop", 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth-none"'],
  ["no nonce", 'Digest realm="r", algorithm=SHA-256, qop="auth"'],
  ["no realm", 'Digest nonce="n", algorithm=SHA-256, qop="auth"'],
  ["Basic: a downgrade", 'Basic realm="r"'],
  ["what cannot be read", 'Digest realm="r'],
  ["nothing", ""],
])("gives a challenge with %s no answer", async (_, challenge) => {
  const { api, sent } = setUp(() => refusal(challenge));
  expect((await api(url)).status).toBe(401);
  expect(sent()).toEqual([null]);
});

test("takes the best of what is offered, in whatever order", async () => {
  const offer = (algorithm: string) =>
    `Digest realm="r", nonce="${algorithm}", qop="auth", algorithm=${algorithm}`;
  const { api, sent } = setUp(() => refusal(offer("MD5"), offer("SHA-256"), offer("SHA-512-256")));
  await api(url);
  expect(sent()[1]).toContain("algorithm=SHA-512-256");
});

test("does not answer one origin by the challenge of another", async () => {
  const fetch = fakeFetch(() =>
    refusal('Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'),
  );
  const origins = ["https://a.example.com", "https://b.example.com"];
  const api = createAuthFetch({ origins, credential: digest(ada), fetch });
  await api("https://a.example.com/");
  await api("https://b.example.com/");
  expect(fetch.requests[2]?.headers.get("authorization")).toBeNull();
});

test.each(["", "a:b", "a\nb"])("refuses the user name %j", (username) => {
  expect(() => digest({ ...ada, username })).toThrow("user name");
});

test("a stream is sent once", async () => {
  const api = await serve();
  const { api: call, fetch } = setUp((request) => api(request));
  const body = new Blob(["once"]).stream();
  await expect(call(url, { method: "POST", body })).rejects.toMatchObject({
    code: "not_replayable",
  });
  expect(fetch.requests).toHaveLength(1);
});

describe("after the first challenge", () => {
  const usual = 'Digest realm="r", nonce="n", qop="auth", algorithm=';
  /** Refuses the first request alone. */
  const first = (challenge: string, headers = {}) =>
    setUp((_, nth) => (nth === 1 ? refusal(challenge) : new Response("", { headers })));

  test("counts in hexadecimal digits (RFC 7616 §3.4)", async () => {
    const { api, sent } = first(`${usual}SHA-256`);
    for (let calls = 0; calls < 17; calls++) await api(url);
    const counts = sent().map((each) => /nc=([0-9a-f]{8}),/.exec(each ?? "")?.[1]);
    expect(counts.slice(9)).toEqual([
      ...["00000009", "0000000a", "0000000b", "0000000c", "0000000d", "0000000e", "0000000f"],
      ...["00000010", "00000011"],
    ]);
  });

  test("a nonce that is refused as it is was not what was wrong: the answer is the caller's", async () => {
    const { api, sent } = setUp((_, nth) =>
      nth === 2 ? new Response("ok") : refusal(`${usual}SHA-256`),
    );
    expect((await api(url)).status).toBe(200);
    expect((await api(url)).status).toBe(401);
    expect(sent()).toHaveLength(3);
  });

  test("a session keeps the nonce that its key is made of (RFC 7616 §3.4.2)", async () => {
    const info = { "authentication-info": 'nextnonce="n1"' };
    const { api, sent } = first(`${usual}SHA-256-sess`, info);
    await api(url);
    await api(url);
    expect(sent()[2]).toMatch(/nc=00000002.*nonce="n"/);
  });

  test("other paths of a domain are not answered ahead", async () => {
    const { api, sent } = first(`${usual}SHA-256, domain="/orders /stock"`);
    await api(url);
    await api("https://api.example.com/stock/1");
    await api("https://api.example.com/other");
    expect(sent().map((each) => each !== null)).toEqual([false, true, true, false]);
  });
});

test("a challenge of another scheme is not answered, whatever it holds", async () => {
  const { api, fetch } = setUp(() =>
    refusal('DigestX realm="r", nonce="n", qop="auth", algorithm=SHA-256'),
  );
  expect((await api(url)).status).toBe(401);
  expect(fetch.requests).toHaveLength(1);
});
