import { requireThat, toSecret } from "@countersign/core/wire";
import { ensure } from "../client-error.ts";
import type { Attachment, Credential, Outgoing, Retry } from "./credential.ts";

const places = ["headers", "query", "cookies"] as const;

/**
 * Several credentials on one request, each of which sees what the earlier ones added: what signs comes
 * last. When the API refuses, the first one that knows a remedy has the request sent again.
 *
 * @throws ConfigurationError when there are fewer than two
 * @throws ClientError `unsendable_credential`, by the call, when two of them write one name
 * @example
 * createAuthFetch({ origins, credential: all(apiKey({ key }), bearer(source)) });
 */
export function all(...credentials: readonly Credential[]): Credential {
  requireThat(credentials.length > 1, "all: give two credentials, or one of them alone.");
  return {
    async attach(request, context) {
      const attached: Attachment[] = [];
      let seen = request;
      for (const credential of credentials) {
        const attachment = await credential.attach(seen, context);
        seen = withAdded(seen, attachment);
        attached.push(attachment);
      }
      return {
        ...Object.fromEntries(places.flatMap((place) => merge(attached, place))),
        async answered(answer): Promise<Retry | undefined> {
          const remedies: (Retry | undefined)[] = [];
          // Every one of them is told: a nonce is to be learnt even where another one retries.
          for (const each of attached) remedies.push(await each.answered?.(answer));
          return remedies.find((remedy) => remedy && !answer.retried.includes(remedy));
        },
      };
    },
  };
}

/** What all of them write in one place; nothing where none does. */
function merge(attached: readonly Attachment[], place: (typeof places)[number]) {
  const entries = attached.flatMap((attachment) => Object.entries(attachment[place] ?? {}));
  const names = entries.map(([name]) => (place === "headers" ? name.toLowerCase() : name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  ensure(twice === undefined, `unsendable_credential: all: two credentials write ${twice}.`);
  return entries.length === 0 ? [] : [[place, Object.fromEntries(entries)] as const];
}

/** The request as the next credential sees it. */
function withAdded(request: Outgoing, { headers = {}, query = {} }: Attachment): Outgoing {
  const added = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), toSecret(value).reveal()]),
  );
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) {
    url.search += `${url.search && "&"}${new URLSearchParams({ [name]: toSecret(value).reveal() })}`;
  }
  return {
    ...request,
    url,
    header: (name) => added.get(name.toLowerCase()) ?? request.header(name),
  };
}
