import { describe, expect, test } from "vitest";
import { digest } from "../credential/digest.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { Fetch } from "../fetch/fetch.ts";
import { hasApache, howToGetApache, serveApache, user } from "./apache.fixture.ts";

/** Apache knows MD5 alone; whoever has to live with that says so. */
const credential = () => digest({ ...user, algorithms: ["MD5"] });

/** A fetch that notes the Authorization of each request, and changes requests on their way. */
function recording(change: (headers: Headers, url: string) => string = (_, url) => url) {
  const sent: string[] = [];
  const send: Fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    const url = change(headers, String(input));
    sent.push(headers.get("authorization") ?? "");
    return fetch(url, { ...init, headers });
  };
  return { sent, send };
}

describe.skipIf(!hasApache)(`Digest at Apache (${howToGetApache})`, () => {
  test("one challenge, and then each request at once with the next count", async () => {
    const origin = await serveApache();
    const { sent, send } = recording();
    const api = createAuthFetch({ origins: [origin], credential: credential(), fetch: send });
    for (const path of ["/orders", "/orders?a=b%20c&d", "/orders"]) {
      const answer = await api(origin + path);
      expect([answer.status, await answer.text()]).toEqual([200, "admitted"]);
    }
    const head = await api(`${origin}/orders`, { method: "HEAD" });
    expect(head.status).toBe(200);
    const counts = sent.map((each) => /nc=(\w+)/.exec(each)?.[1]);
    expect(counts).toEqual([undefined, "00000001", "00000002", "00000003", "00000004"]);
  });

  test("many requests at once have different counts", async () => {
    const origin = await serveApache();
    const { sent, send } = recording();
    const api = createAuthFetch({ origins: [origin], credential: credential(), fetch: send });
    await api(`${origin}/orders`);
    const calls = Array.from({ length: 20 }, () => api(`${origin}/orders`));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(sent).size).toBe(sent.length);
  });

  test("a nonce that has become stale is replaced", async () => {
    const origin = await serveApache();
    const { sent, send } = recording();
    const api = createAuthFetch({ origins: [origin], credential: credential(), fetch: send });
    expect((await api(`${origin}/brief`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2500)); // longer than a nonce lives there
    expect((await api(`${origin}/brief`)).status).toBe(200);
    const nonces = sent.map((each) => /[ ,]nonce="([^"]+)"/.exec(each)?.[1]);
    // A challenge and its answer, a stale nonce and its successor.
    expect(nonces).toHaveLength(4);
    expect(nonces[3]).not.toBe(nonces[2]);
  });

  test("a wrong password or user name is refused, and not tried again", async () => {
    const origin = await serveApache();
    for (const wrong of [{ password: "Secret" }, { username: "ada" }]) {
      const { sent, send } = recording();
      const options = { ...user, ...wrong, algorithms: ["MD5"] as const };
      const api = createAuthFetch({ origins: [origin], credential: digest(options), fetch: send });
      expect((await api(`${origin}/orders`)).status).toBe(401);
      expect(sent).toHaveLength(2);
    }
  });

  test("without MD5 on request, its challenge gets no answer", async () => {
    const origin = await serveApache();
    const { sent, send } = recording();
    const api = createAuthFetch({ origins: [origin], credential: digest(user), fetch: send });
    expect((await api(`${origin}/orders`)).status).toBe(401);
    expect(sent).toEqual([""]);
  });

  test.each<[string, RegExp]>([
    ["response", /response="./],
    ["nonce", /[ ,]nonce="./],
    ["cnonce", /cnonce="./],
    ["count", /nc=0000000./],
    ["uri", /uri="\/order./],
    ["username", /username="./],
    ["realm", /realm="./],
  ])("one byte of its %s changed, a request is refused", async (_, where) => {
    const origin = await serveApache();
    let tampers = false;
    const { send } = recording((headers, url) => {
      const value = headers.get("authorization");
      if (tampers && value) headers.set("authorization", value.replace(where, flipLast));
      return url;
    });
    const api = createAuthFetch({ origins: [origin], credential: credential(), fetch: send });
    expect((await api(`${origin}/orders`)).status).toBe(200);
    tampers = true;
    expect([400, 401]).toContain((await api(`${origin}/orders`)).status);
  });

  test("with another method or another URL, a request is refused", async () => {
    const origin = await serveApache();
    const { send } = recording((headers, url) =>
      headers.has("authorization") ? url.replace("orders", "orders?") : url,
    );
    const api = createAuthFetch({ origins: [origin], credential: credential(), fetch: send });
    expect([400, 401]).toContain((await api(`${origin}/orders`)).status);
    const asHead: Fetch = (url, init) =>
      fetch(url, {
        ...init,
        ...(new Headers(init?.headers).has("authorization") && { method: "HEAD" }),
      });
    const other = createAuthFetch({ origins: [origin], credential: credential(), fetch: asHead });
    expect((await other(`${origin}/orders`)).status).toBe(401);
  });
});

function flipLast(text: string): string {
  return text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
}
