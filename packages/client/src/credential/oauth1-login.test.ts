import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import { oauth1 } from "./oauth1.ts";
import { oauth1Login } from "./oauth1-login.ts";

const consumer = {
  consumerKey: "dpf43f3p2l4k3l03",
  consumerSecret: "kd94hf93k423kf44",
  signatureMethod: "HMAC-SHA1",
} as const;
const urls = {
  requestTokenUrl: "https://photos.example.net/initiate",
  authorizeUrl: "https://photos.example.net/authorize",
  accessTokenUrl: "https://photos.example.net/token",
};
const temporary =
  "oauth_token=hh5s93j4hdidpola&oauth_token_secret=hdhd0244k9j7ao03&oauth_callback_confirmed=true";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The time and the nonce of the next request. */
function at(seconds: number, nonce: string) {
  vi.setSystemTime(seconds * 1000);
  vi.spyOn(crypto, "randomUUID").mockReturnValue(nonce as never);
}

const answering = (...answers: readonly (string | Response)[]) =>
  fakeFetch((_, nth) => {
    const answer = answers[nth - 1] ?? "";
    return typeof answer === "string" ? new Response(answer) : answer;
  });

describe("RFC 5849 §1.2: the printer and the photos", () => {
  test("temporary credentials, consent, token, photo", async () => {
    const fetch = answering(
      temporary,
      "oauth_token=nnch734d00sl2jdk&oauth_token_secret=pfkkdhi9sl3r4s00",
    );
    const login = oauth1Login({ ...consumer, ...urls, fetch });

    at(137_131_200, "wIjqoS");
    const pending = await login.start("http://printer.example.com/ready");
    expect(pending.url.href).toBe(
      "https://photos.example.net/authorize?oauth_token=hh5s93j4hdidpola",
    );

    at(137_131_201, "walatlh");
    const back =
      "http://printer.example.com/ready?oauth_token=hh5s93j4hdidpola&oauth_verifier=hfdp7dh39dks9884";
    const token = await login.finish(pending, new URL(back));

    at(137_131_202, "chapoH");
    const credential = oauth1({ ...consumer, token });
    const api = createAuthFetch({ origins: ["http://127.0.0.1"], credential, fetch });
    await api("http://127.0.0.1/photos?file=vacation.jpg&size=original");

    const sent = fetch.requests.map(({ method, url, headers }) => {
      const signature = /oauth_signature="([^"]*)"/.exec(headers.get("authorization") ?? "")?.[1];
      return { method, url, signature: decodeURIComponent(signature ?? "") };
    });
    expect(sent.slice(0, 2)).toEqual([
      { method: "POST", url: urls.requestTokenUrl, signature: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=" },
      { method: "POST", url: urls.accessTokenUrl, signature: "gKgrFCywp7rO0OXSjdot/IHF7IU=" },
    ]);
    // The RFC's photo is at http://photos.example.net, where no credential of ours goes.
    expect(fetch.requests[2]?.headers.get("authorization")).toContain(
      'oauth_token="nnch734d00sl2jdk"',
    );
  });
});

const pending = async (fetch: ReturnType<typeof fakeFetch>) => {
  const login = oauth1Login({ ...consumer, ...urls, fetch });
  return { login, pending: await login.start("oob") };
};

test("a verifier that the user read off", async () => {
  const fetch = answering(temporary, "oauth_token=t&oauth_token_secret=");
  const { login, pending: begun } = await pending(fetch);
  expect(await login.finish(begun, " 1234 ")).toMatchObject({ value: "t" });
  expect(fetch.requests[1]?.headers.get("authorization")).toContain('oauth_verifier="1234"');
});

test.each<[string, string]>([
  ["another login's", "https://app.example/?oauth_token=other&oauth_verifier=v"],
  ["no login's", "https://app.example/?oauth_verifier=v"],
  ["a refused login's", "https://app.example/?oauth_token=hh5s93j4hdidpola&denied=1"],
])("refuses a callback that is %s", async (_, callback) => {
  const fetch = answering(temporary);
  const { login, pending: begun } = await pending(fetch);
  await expect(login.finish(begun, new URL(callback))).rejects.toMatchObject({
    code: "login_failed",
  });
  expect(fetch.requests).toHaveLength(1);
});

test.each<[string, string | Response]>([
  ["OAuth 1.0 without the a", "oauth_token=t&oauth_token_secret=s"],
  ["no token", "oauth_token_secret=s&oauth_callback_confirmed=true"],
  ["HTML", "<html></html>"],
  ["an error", new Response(temporary, { status: 401 })],
])("refuses temporary credentials that are %s", async (_, answer) => {
  const error = await pending(answering(answer)).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ClientError", code: "login_failed" });
  expect(JSON.stringify(error) + error.stack).not.toContain(consumer.consumerSecret);
});

test("follows no redirect, and sends nothing in clear", async () => {
  const moved = new Response(null, { status: 302, headers: { location: "/elsewhere" } });
  await expect(pending(answering(moved))).rejects.toMatchObject({ name: "ClientError" });
  const insecure = { ...consumer, ...urls, accessTokenUrl: "http://photos.example.net/token" };
  expect(() => oauth1Login(insecure)).toThrow("accessTokenUrl");
});

test("what is signed for one endpoint does not follow a redirect", async () => {
  const location = "https://photos.example.net/elsewhere";
  const fetch = answering(new Response(null, { status: 307, headers: { location } }), temporary);
  const login = oauth1Login({ ...consumer, ...urls, fetch });
  await expect(login.start("oob")).rejects.toMatchObject({ code: "redirect_refused" });
  expect(fetch.requests).toHaveLength(1);
});
