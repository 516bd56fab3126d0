import {
  basic,
  createGuard,
  createMemoryReplays,
  digest,
  digestHa1,
  oauth1,
} from "@countersign/core";
import { protect } from "@countersign/core/web";
import { type Received, type Served, serve } from "../../fixtures/serve.ts";

/** The secrets that snippets find in their environment; full of what a shell would take for code. */
export const secrets = {
  API_PASSWORD: "pa$$ 'wörd' \"$(touch broken-out)\" `x`",
  API_KEY: "key-$(touch<broken-out)'`x`%",
  API_TOKEN: "token-7f3a",
  API_CLIENT_SECRET: "client-secret-1",
  API_CONSUMER_SECRET: "consumer's $ecret",
  API_TOKEN_SECRET: "token %26 secret",
} as const;

export const username = "adä $(touch broken-out)'\"";
export const digestUsername = "ada 'x' $(touch broken-out)";
export const keyPlaces = {
  header: "X'`$a",
  query: "key'$`#&%+",
  cookie: "se$$ion",
} as const;
export const consumer = { key: "consumer `x` key", token: "token & 'one'" };

/** An API that admits the credentials above. */
export async function serveApi(): Promise<Served> {
  const admit = await createApi();
  const served: Served = await serve(async (received, response) => {
    const answer = await admit(received, served.origin);
    response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
  });
  return served;
}

async function createApi(): Promise<(received: Received, origin: string) => Promise<Response>> {
  const replays = createMemoryReplays();
  const realm = "orders";
  const identity = { username: digestUsername, realm, password: secrets.API_PASSWORD };
  const ha1 = { "SHA-256": await digestHa1("SHA-256", identity) };
  const known = <T>(name: string, value: T) => ({
    find: (asked: string) => (asked === name ? value : undefined),
  });
  const user = { subject: "ada", passwordHash: "" };
  const consumerSecret = { subject: "consumer", secret: secrets.API_CONSUMER_SECRET };
  const tokenSecret = { subject: "user", secret: secrets.API_TOKEN_SECRET };
  const schemes = [
    basic({
      users: known(username, user),
      passwords: { verify: (_, password) => password === secrets.API_PASSWORD },
    }),
    digest({
      users: known(digestUsername, { subject: "ada", ha1 }),
      algorithms: ["SHA-256"],
      replays,
    }),
    oauth1({
      consumers: known(consumer.key, consumerSecret),
      tokens: known(consumer.token, tokenSecret),
      signatureMethods: ["HMAC-SHA256", "HMAC-SHA1"],
      replays,
    }),
  ] as const;
  return async (received, publicUrl) => {
    if (isAdmittedByText(received)) return new Response("admitted");
    const guard = createGuard({ realm, publicUrl, schemes });
    return protect(guard, () => new Response("admitted"))(toRequest(received, publicUrl));
  };
}

/** Tokens and keys are compared as text: what came is the point here, not what it means. */
function isAdmittedByText({ headers, path }: Received): boolean {
  const { API_KEY, API_TOKEN } = secrets;
  return [
    headers.authorization === `Bearer ${API_TOKEN}`,
    headers["x-api-key"] === API_KEY,
    headers[keyPlaces.header.toLowerCase()] === API_KEY,
    headers.cookie === `${keyPlaces.cookie}=${API_KEY}`,
    new URL(path, "http://a").searchParams.get(keyPlaces.query) === API_KEY,
  ].includes(true);
}

function toRequest({ method, path, headers, body }: Received, origin: string): Request {
  const fields = Object.entries(headers).map(([name, value = ""]) => [name, String(value)]);
  return new Request(origin + path, {
    method,
    headers: fields as [string, string][],
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
}
