import { createMemoryRefreshTokens } from "@countersign/core/state";
import { toSecret } from "@countersign/core/wire";
import { createLocalJWKSet, jwtVerify } from "jose";
import { createIssuer } from "./create-issuer.ts";
import type { IssuerEvent } from "./event.ts";
import type { IssuerOptions } from "./options.ts";

export const url = "https://id.example.com";
export const audience = "https://api.example.com";

/** Printable, with every character that Basic or a form must escape. */
export const secret = "s3cret:+%&= /~0123456789";
const clients = [
  { id: "reports", secret, scopes: ["orders:read", "orders:write"] },
  { id: "mobile" },
  { id: "web:app", secret: toSecret("0123456789abcdef") },
];

/** An issuer for tests: on memory, with a clock to turn and its events in a list. */
export function startIssuer(changes: Partial<IssuerOptions> = {}) {
  const start = 1_800_000_000;
  const clock = { time: start * 1000, now: () => clock.time };
  const events: IssuerEvent[] = [];
  const store = createMemoryRefreshTokens({ clock });
  const onEvent = (event: IssuerEvent) => events.push(event);
  const issuer = createIssuer({ url, audience, clients, clock, store, onEvent, ...changes });

  return {
    issuer,
    store,
    events,
    /** The clock's time when the test began, in seconds. */
    start,
    clock,
    turn(seconds: number) {
      clock.time += seconds * 1000;
    },
    /** The claims of an access token, as a resource server would accept it. */
    async verify(token: string) {
      const keys = createLocalJWKSet(await issuer.jwks());
      const currentDate = new Date(clock.time);
      const checks = { issuer: issuer.url, audience, typ: "at+jwt", currentDate };
      return jwtVerify(token, keys, checks);
    },
    /** A login with a refresh token. */
    async login(options: { subject?: string; clientId?: string; scope?: string } = {}) {
      const answer = await issuer.issue({ subject: "ada", refreshable: true, ...options });
      return { ...answer, refresh_token: answer.refresh_token ?? "" };
    },
    /** A form to an endpoint. */
    post(
      path: string,
      form: Record<string, string> | string,
      headers: Record<string, string> = {},
    ) {
      const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
      const contentType = { "content-type": "application/x-www-form-urlencoded" };
      const init = { method: "POST", body, headers: { ...contentType, ...headers } };
      return issuer.fetch(new Request(issuer.url + path, init));
    },
    get(address: string) {
      return issuer.fetch(new Request(address));
    },
  };
}

/** The JSON of an answer, whichever of these it holds. */
export interface Body {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly error: string;
  readonly active: boolean;
  readonly [member: string]: unknown;
}

export async function bodyOf(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

/** Basic credentials as RFC 6749 §2.3.1 wants them. */
export function basic(id: string, password: string) {
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return { authorization: `Basic ${btoa(`${encode(id)}:${encode(password)}`)}` };
}
