import { attachedHeader } from "./attached-header.ts";
import type { CredentialDescription } from "./description.ts";
import { environment, quotePython } from "./quote.ts";
import type { SnippetRequest } from "./request.ts";
import { signInPython } from "./sign-in-python.ts";

/** A call with Python's requests. */
export function toRequests(
  credential: CredentialDescription,
  request: SnippetRequest,
): string | undefined {
  const described = describe(credential, request);
  if (described === undefined) return undefined;
  return lines(
    "import os",
    "",
    "import requests",
    ...described.imports,
    ...(credential.type === "digest" ? ["from requests.auth import HTTPDigestAuth"] : []),
    "",
    ...described.variables,
    "answer = requests.request(",
    `    ${quotePython(request.method)},`,
    "    url,",
    ...described.arguments,
    ...authOfRequests(credential),
    "    timeout=30,",
    ")",
    "print(answer.status_code, answer.text)",
  );
}

/** A call with Python's aiohttp, which has no Digest. */
export function toAiohttp(
  credential: CredentialDescription,
  request: SnippetRequest,
): string | undefined {
  const described = describe(credential, request);
  if (described === undefined || credential.type === "digest") return undefined;
  const call = [
    `    ${quotePython(request.method)},`,
    "    URL(url, encoded=True),",
    ...described.arguments,
    ...(credential.type === "basic"
      ? [`    auth=aiohttp.BasicAuth(${userAndPassword(credential.username)}, "utf-8"),`]
      : []),
  ];
  return lines(
    "import asyncio",
    "import os",
    "",
    "import aiohttp",
    ...described.imports,
    "from yarl import URL",
    "",
    ...described.variables,
    "",
    "",
    "async def main():",
    "    async with aiohttp.ClientSession() as session:",
    "        async with session.request(",
    ...call.map((line) => `        ${line}`),
    "        ) as answer:",
    "            print(answer.status, await answer.text())",
    "",
    "",
    "asyncio.run(main())",
  );
}

/** What both libraries are told in the same words; each element is a line. */
interface Described {
  readonly imports: readonly string[];
  readonly variables: readonly string[];
  readonly arguments: readonly string[];
}

function describe(
  credential: CredentialDescription,
  request: SnippetRequest,
): Described | undefined {
  const signing = credential.type === "oauth1" ? signInPython(credential, request) : [];
  if (signing === undefined || credential.type === "dpop") return undefined;
  const { url, headers, body } = request;
  const attached = attachedHeader(credential);
  const entries = headers.map(([name, value]) => [name, quotePython(value)] as const);
  if (attached) {
    const { name, prefix, variable } = attached;
    const start = prefix === "" ? "" : `${quotePython(prefix)} + `;
    entries.unshift([name, start + environment(variable)]);
  }
  const query = credential.type === "apiKey" ? credential.query : undefined;
  return {
    imports: signing.length > 0 ? ["from oauthlib.oauth1 import Client"] : [],
    variables: [
      `url = ${quotePython(url)}`,
      ...(entries.length === 0
        ? ["headers = {}"]
        : [
            "headers = {",
            ...entries.map(([name, value]) => `    ${quotePython(name)}: ${value},`),
            "}",
          ]),
      ...(body === undefined ? [] : [`body = ${quotePython(body)}.encode()`]),
      ...signing,
    ],
    arguments: [
      "    headers=headers,",
      ...(query ? [`    params={${quotePython(query)}: ${environment("API_KEY")}},`] : []),
      ...(body === undefined ? [] : ["    data=body,"]),
      "    allow_redirects=False,  # they may lead to other hosts, and headers would go along",
    ],
  };
}

function authOfRequests(credential: CredentialDescription): string[] {
  switch (credential.type) {
    case "basic":
      // As bytes: requests would encode text as Latin-1.
      return [
        `    auth=(${quotePython(credential.username)}.encode(), ${environment("API_PASSWORD")}.encode()),`,
      ];
    case "digest":
      return [`    auth=HTTPDigestAuth(${userAndPassword(credential.username)}),`];
    default:
      return ["    auth=lambda request: request,  # or ~/.netrc would add a password of its own"];
  }
}

function userAndPassword(username: string): string {
  return `${quotePython(username)}, ${environment("API_PASSWORD")}`;
}

function lines(...texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
