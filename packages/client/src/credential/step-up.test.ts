import { toSecret } from "@countersign/core/wire";
import { describe, expect, test, vi } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { BearerToken, StepUpDemand, TokenSource } from "../token/token-source.ts";
import { bearer } from "./bearer.ts";
import type { Answer } from "./credential.ts";
import { readDemand } from "./step-up.ts";

function answer(status: number, field?: string, retried: Answer["retried"] = []): Answer {
  return { status, retried, header: (name) => (name === "www-authenticate" ? field : undefined) };
}

const weak = "insufficient_user_authentication";

describe("readDemand", () => {
  test.each<[string, Answer, StepUpDemand]>([
    [
      "the first example of RFC 9470 §3",
      answer(
        401,
        `Bearer error="${weak}", error_description="A different authentication level is required", acr_values="myACR"`,
      ),
      { acrValues: "myACR" },
    ],
    [
      "the second example of RFC 9470 §3",
      answer(
        401,
        `Bearer error="${weak}", error_description="More recent authentication is required", max_age="5"`,
      ),
      { maxAge: 5 },
    ],
    [
      "a login of this very moment",
      answer(401, `Bearer error="${weak}", max_age=0`),
      { maxAge: 0 },
    ],
    [
      "scope (RFC 6750 §3.1)",
      answer(403, 'Bearer error="insufficient_scope", scope="a b"'),
      { scope: "a b" },
    ],
    ["more, of which nothing is said", answer(403, 'Bearer error="insufficient_scope"'), {}],
    [
      "a challenge among others, commas in quotes and a token68 included",
      answer(
        403,
        'Negotiate abc==, Basic realm="a, Bearer error=\\"b\\"", DPoP error="insufficient_scope", scope="c", algs="ES256"',
      ),
      { scope: "c" },
    ],
    [
      "all of it",
      answer(401, `bearer ERROR="${weak}", scope="a", acr_values="x y", max_age="600"`),
      { scope: "a", acrValues: "x y", maxAge: 600 },
    ],
    ["an odd age, left out", answer(401, `Bearer error="${weak}", max_age="-1e9"`), {}],
  ])("%s", (_, answer, demand) => {
    expect(readDemand(answer)).toEqual(demand);
  });

  test.each<[string, Answer]>([
    ["no field", answer(401)],
    ["a token that is not good", answer(401, 'Bearer error="invalid_token"')],
    ["scope with 401", answer(401, 'Bearer error="insufficient_scope", scope="a"')],
    ["a login with 403", answer(403, `Bearer error="${weak}"`)],
    ["an answer that is good", answer(200, 'Bearer error="insufficient_scope", scope="a"')],
    ["another scheme", answer(401, `Other error="${weak}"`)],
    ["words in quotes", answer(401, `Bearer realm="error=${weak}"`)],
    ["what is no field", answer(401, `Bearer error="${weak}`)],
    ["what was stepped up for already", answer(401, `Bearer error="${weak}"`, ["step-up"])],
  ])("nothing: %s", (_, answer) => {
    expect(readDemand(answer)).toBeUndefined();
  });
});

const refusal = new Headers({
  "www-authenticate": 'Bearer error="insufficient_scope", scope="orders:write"',
});

/** A source of `token-1`, `token-2` …, the next one after it was told of a demand. */
function source(stepUp?: TokenSource<BearerToken>["stepUp"]) {
  let number = 1;
  const told = vi.fn<(answer: Answer, refused: BearerToken) => void>();
  const invalidate = vi.fn();
  const made: TokenSource<BearerToken> = {
    token: () => ({ type: "bearer", value: toSecret(`token-${number}`), expiresAt: undefined }),
    invalidate,
    ...(stepUp && {
      async stepUp(answer, refused, options) {
        told(answer, refused);
        const got = await stepUp(answer, refused, options);
        if (got) number++;
        return got;
      },
    }),
  };
  return { made, told, invalidate };
}

/** An API that takes `token-2` alone, and a call of it. */
function call(source: TokenSource<BearerToken>, init?: RequestInit) {
  const fetch = fakeFetch(({ headers }) =>
    headers.get("authorization") === "Bearer token-2"
      ? new Response("ok")
      : new Response("refused", { status: 403, headers: refusal }),
  );
  const origins = ["https://api.example.com"];
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  return { fetch, call: api("https://api.example.com/", init) };
}

test("a source that meets the demand has the request sent once more", async () => {
  const { made, told, invalidate } = source((answer) => readDemand(answer) !== undefined);
  const { fetch, call: answer } = call(made);
  expect(await (await answer).text()).toBe("ok");
  expect(fetch.requests).toHaveLength(2);
  expect(told.mock.calls.map(([{ status }, { value }]) => [status, value.reveal()])).toEqual([
    [403, "token-1"],
    [200, "token-2"],
  ]);
  expect(invalidate).not.toHaveBeenCalled();
});

test("what is demanded again is the caller's answer", async () => {
  const { made } = source((answer) => readDemand(answer) !== undefined);
  const twice = { ...made, token: () => ({ ...source().made.token() }) as BearerToken };
  const { fetch, call: answer } = call(twice);
  expect(await (await answer).text()).toBe("refused");
  expect(fetch.requests).toHaveLength(2);
});

test("a source that cannot is no reason to throw a good token away", async () => {
  const { made, invalidate } = source((answer) => readDemand(answer) && false);
  const fetch = fakeFetch(
    () =>
      new Response("refused", {
        status: 401,
        headers: { "www-authenticate": `Bearer error="${weak}", max_age="60"` },
      }),
  );
  const origins = ["https://api.example.com"];
  const api = createAuthFetch({ origins, credential: bearer(made), fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("refused");
  expect(fetch.requests).toHaveLength(1);
  expect(invalidate).not.toHaveBeenCalled();
});

test("a stream that was refused is not sent again, but the source has been told", async () => {
  const { made, told } = source((answer) => readDemand(answer) !== undefined);
  const body = new Blob(["streamed"]).stream();
  const { fetch, call: answer } = call(made, { method: "POST", body });
  await expect(answer).rejects.toMatchObject({ code: "not_replayable" });
  expect(fetch.requests).toHaveLength(1);
  expect(told).toHaveBeenCalledOnce();
});
