import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type LoopbackRedirectOptions, loopbackRedirect } from "./loopback-redirect.ts";

async function setUp(options?: LoopbackRedirectOptions) {
  const redirect = await loopbackRedirect(options);
  onTestFinished(() => redirect.close());
  return redirect;
}

/** What a request is answered with; `undefined` when nobody listens. */
function ask(
  uri: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string } | undefined> {
  return new Promise((resolve) => {
    const sent = request(uri, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on("error", () => resolve(undefined));
    sent.end();
  });
}

describe("a redirect to this machine", () => {
  test("gives the URL that the user came by, answers with a word, and closes", async () => {
    const redirect = await setUp();
    expect(redirect.uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const arrived = redirect.callback({ state: "s1" });
    const answer = await ask(`${redirect.uri}?code=c0de&state=s1`);
    expect(answer).toMatchObject({ status: 200, text: "You can close this window.\n" });
    expect(answer?.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect((await arrived).href).toBe(`${redirect.uri}?code=c0de&state=s1`);
    expect(await ask(`${redirect.uri}?code=c0de&state=s1`)).toBeUndefined();
  });

  test("listens on this machine alone, at a port of its own", async () => {
    const [one, other] = [await setUp(), await setUp({ path: "/other", message: "Done." })];
    expect(new URL(one.uri).port).not.toBe(new URL(other.uri).port);
    const port = Number(new URL(one.uri).port);
    // Another address of this machine's, on which a listener for all of them would answer.
    const reached = new Promise((resolve) => {
      const socket = connect(port, "127.0.0.2", () => resolve("reached"));
      socket.on("error", () => resolve("refused"));
      socket.on("close", () => socket.destroy());
    });
    expect(await reached).toBe("refused");
    const arrived = other.callback({ state: "s" });
    expect((await ask(`${other.uri}?error=access_denied&state=s`))?.text).toBe("Done.\n");
    expect((await arrived).searchParams.get("error")).toBe("access_denied");
  });

  test("is not used up by anybody else's request", async () => {
    const redirect = await setUp();
    const arrived = redirect.callback({ state: "s1" });
    const { uri } = redirect;
    const { origin, host } = new URL(uri);
    const good = "code=c&state=s1";
    const statuses = async (...asked: Promise<{ status: number } | undefined>[]) =>
      (await Promise.all(asked)).map((each) => each?.status);
    expect(
      await statuses(
        ask(`${uri}?code=c&state=other`),
        ask(`${uri}?code=c`),
        ask(`${uri}?state=s1`),
        ask(uri),
      ),
    ).toEqual([400, 400, 400, 400]);
    expect(
      await statuses(
        ask(`${origin}/?${good}`),
        ask(`${origin}/callback/?${good}`),
        ask(`${origin}/Callback?${good}`),
        ask(`${origin}/callback/more?${good}`),
        ask(`${origin}//evil.example/callback?${good}`),
        // A page that has given itself our address (DNS rebinding).
        ask(`${uri}?${good}`, { headers: { host: "evil.example" } }),
        ask(`${uri}?${good}`, { headers: { host: host.replace("127.0.0.1", "localhost") } }),
      ),
    ).toEqual([404, 404, 404, 404, 404, 404, 404]);
    expect(
      await statuses(
        ask(`${uri}?${good}`, { method: "POST" }),
        ask(`${uri}?${good}`, { method: "HEAD" }),
      ),
    ).toEqual([405, 405]);
    const refused = await ask(`${uri}?code=<script>&state=<script>`);
    expect(refused?.text).not.toContain("script");
    expect((await ask(`${uri}?${good}`))?.status).toBe(200);
    expect((await arrived).searchParams.get("state")).toBe("s1");
  });

  test("waits for whoever is quicker than the program", async () => {
    const redirect = await setUp();
    const asked = ask(`${redirect.uri}?code=c&state=s1`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await redirect.callback({ state: "s1" })).searchParams.get("code")).toBe("c");
    expect((await asked)?.status).toBe(200);
  });

  test("ends when given up, and when closed", async () => {
    const redirect = await setUp();
    const controller = new AbortController();
    const waiting = redirect.callback({ state: "s" }, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(await ask(redirect.uri)).toBeUndefined();

    const aborted = await setUp();
    await expect(
      aborted.callback({ state: "s" }, { signal: AbortSignal.abort(new Error("before")) }),
    ).rejects.toThrow("before");

    const closed = await setUp();
    const late = closed.callback({ state: "s" });
    late.catch(() => {});
    await closed.close();
    await expect(late).rejects.toThrow("closed before the user came back");
  });
});
