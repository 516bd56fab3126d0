import type { ClientDescription, CredentialDescription } from "./description.ts";
import { quoteScript } from "./quote.ts";
import type { SnippetRequest } from "./request.ts";

/** A call with this package. */
export function toFetch(
  credential: CredentialDescription,
  { method, url, origin, headers, body }: SnippetRequest,
): string {
  const { imports, expression } = describe(credential);
  const init = [
    ...(method === "GET" ? [] : [`  method: ${quoteScript(method)},`]),
    ...(headers.length === 0
      ? []
      : [
          "  headers: {",
          ...headers.map(([name, value]) => `    ${toKey(name)}: ${quoteScript(value)},`),
          "  },",
        ]),
    ...(body === undefined ? [] : [`  body: ${quoteScript(body)},`]),
  ];
  return `import { ${[...imports, "createAuthFetch"].sort().join(", ")} } from "@countersign/client";

const api = createAuthFetch({
  origins: [${quoteScript(origin)}],
  credential: ${expression},
});
const answer = await api(${quoteScript(url)}${init.length === 0 ? "" : `, {\n${init.join("\n")}\n}`});
console.log(answer.status, await answer.text());
`;
}

/** In an object literal, `__proto__` would be the prototype. */
function toKey(name: string): string {
  return name === "__proto__" ? `["__proto__"]` : quoteScript(name);
}

interface Described {
  readonly imports: readonly string[];
  readonly expression: string;
}

function describe(credential: CredentialDescription): Described {
  const { type } = credential;
  switch (type) {
    case "basic":
    case "digest": {
      const members = {
        username: quoteScript(credential.username),
        password: secret("API_PASSWORD"),
      };
      return { imports: [type], expression: `${type}(${literal(members)})` };
    }
    case "apiKey": {
      const { header, query, cookie } = credential;
      const place = Object.entries({ header, query, cookie }).filter(
        ([, name]) => name !== undefined,
      );
      const members = place.map(([kind, name = ""]) => [kind, quoteScript(name)] as const);
      const key = { key: secret("API_KEY"), ...Object.fromEntries(members) };
      return { imports: [type], expression: `apiKey(${literal(key)})` };
    }
    case "bearer":
    case "dpop": {
      const { clientCredentials } = credential;
      if (!clientCredentials)
        return { imports: [type], expression: `bearer(${secret("API_TOKEN")})` };
      const bound = type === "dpop";
      const source = describeSource(clientCredentials, bound);
      const imports = [type, "clientCredentials", ...(bound ? ["dpopKeys"] : [])];
      return { imports, expression: `${type}(${source})` };
    }
    case "oauth1": {
      const { consumerKey, token, signatureMethod } = credential;
      const members = {
        consumerKey: quoteScript(consumerKey),
        consumerSecret: secret("API_CONSUMER_SECRET"),
        ...(token !== undefined && {
          token: `{ value: ${quoteScript(token)}, secret: ${secret("API_TOKEN_SECRET")} }`,
        }),
        ...(signatureMethod && { signatureMethod: quoteScript(signatureMethod) }),
      };
      return { imports: [type], expression: `oauth1(${literal(members)})` };
    }
  }
}

function describeSource({ issuer, clientId, scope }: ClientDescription, bound: boolean): string {
  const members = {
    issuer: quoteScript(issuer),
    clientId: quoteScript(clientId),
    clientSecret: secret("API_CLIENT_SECRET"),
    ...(scope !== undefined && { scope: quoteScript(scope) }),
    ...(bound && { dpop: "dpopKeys()" }),
  };
  return `clientCredentials(${literal(members)})`;
}

function secret(name: string): string {
  return `process.env.${name}`;
}

function literal(members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, value]) => `    ${name}: ${value},\n`);
  return `{\n${lines.join("")}  }`;
}
