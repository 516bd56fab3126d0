/** An introspection endpoint without sockets, and a guard that asks it. */
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { Fetch } from "../keys/fetch-json.ts";
import { audience, clock, issuer, now } from "../token/signing.fixture.ts";
import { introspection } from "./introspection.ts";
import type { IntrospectionOptions } from "./options.ts";

export const endpoint = "https://id.example.com/introspect";
export const goodAnswer = {
  active: true,
  token_type: "Bearer",
  iss: issuer,
  aud: audience,
  sub: "ada",
  client_id: "web",
  scope: "orders:read orders:write",
  iat: now - 10,
  exp: now + 300,
};

/** What was sent to the endpoint. */
interface Question {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
  readonly form: URLSearchParams;
}

/** What comes back: an object is sent as JSON; a function is called for every question, and may make a Response. */
export type Reaction = object | Error | ((question: Question) => unknown);

/** A fetch that is the endpoint, and notes what it was asked. */
export function endpointThat(reacts: Reaction) {
  const questions: Question[] = [];
  let reaction = reacts;
  const fetch: Fetch = async (url, init) => {
    const headers = new Headers(init.headers);
    const question = { url, init, headers, form: new URLSearchParams(String(init.body)) };
    questions.push(question);
    const what = typeof reaction === "function" ? await reaction(question) : reaction;
    if (what instanceof Error) throw what;
    return what instanceof Response ? what : Response.json(what);
  };
  return {
    questions,
    fetch,
    /** From now on. */
    reacts(next: Reaction) {
      reaction = next;
    },
  };
}

/** A clock to turn. */
export function turningClock() {
  let time = clock.now();
  return {
    now: () => time,
    advance(seconds: number) {
      time += seconds * 1000;
    },
  };
}

/** A guard with introspection alone, good options apart from what is asked for. */
export function guardOf(
  fetch: Fetch,
  options: Partial<IntrospectionOptions> = {},
  time: { now(): number } = clock,
) {
  const usual = { issuer, endpoint, clientId: "orders-api", clientSecret: "s3cret", audience };
  const scheme = introspection({ ...usual, fetch, ...options } as IntrospectionOptions);
  return createGuard({
    schemes: [scheme],
    clock: time,
    publicUrl: "https://api.example.com",
  });
}

/** A request with this token. */
export function bearing(token: string) {
  return requestOf({ authorization: `Bearer ${token}` });
}
