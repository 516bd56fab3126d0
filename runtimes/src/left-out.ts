import type { RuntimeName } from "./runtimes.ts";

/** What one suite does not run somewhere, and why. */
export interface LeftOutPart {
  /** How the paths of its files begin, below `packages`. */
  readonly files: readonly string[];
  /** Parts of the names of single tests. Default: all tests of the files. */
  readonly tests?: readonly string[];
  readonly on: readonly RuntimeName[];
  readonly why: string;
}

const web = ["workerd", "Chromium"] as const;
const notNode = ["Bun", "Deno", ...web] as const;
const everywhere = ["Node 22", "Node 24", "Node 26", ...notNode] as const;

/** All that is not run, so that nothing is left out in silence. */
export const leftOut: readonly LeftOutPart[] = [
  {
    files: [
      "core/src/keys/engines-node",
      "core/src/token/token-cache-node",
      "client/src/interop",
      "client/src/node",
      "client/src/readme",
      "client/src/snippet",
      "client/src/transport/recipes",
      "testing/src/bin",
      "testing/src/interop",
      "testing/src/readme",
    ],
    on: everywhere,
    why: "starts programs or reads files beside it; vitest runs it, on Node 24",
  },
  {
    files: ["core/src/keys/signature-node", "core/src/token/token-cache.test"],
    on: everywhere,
    why: "replaces modules, which a bundle has none of; vitest runs it, on Node 24",
  },
  {
    files: ["core", "hono", "testing"],
    on: ["Chromium"],
    why: "is for servers",
  },
  {
    files: ["core/src/adapter/node-", "core/src/planted-secrets"],
    on: notNode,
    why: "is about Node's own requests and diagnostics channel",
  },
  {
    files: ["core/src/guard/event"],
    tests: ["diagnostics channel"],
    on: notNode,
    why: "is about Node's diagnostics channel",
  },
  {
    files: ["core/src/guard/create-guard"],
    tests: ["answers at once when nothing needs waiting"],
    on: notNode,
    why: "where there is WebCrypto alone, a hash has to be waited for",
  },
  {
    files: ["core/src/keys/read-pem"],
    on: ["Bun", "workerd"],
    why: "its keys are made by node:crypto, which lacks a curve there",
  },
  {
    files: ["core/src/dpop/dpop.attacks"],
    tests: ["the ath of another token of the same key"],
    on: ["Deno"],
    why: "Deno signs by ECDSA without chance (RFC 6979): the other token would be the same",
  },
  {
    files: ["hono/src/connection"],
    on: ["workerd"],
    why: "its server is node:http, which does not listen there",
  },
  {
    files: ["core/src/wire/oauth1-signature"],
    tests: ["refuses another text, hash, padding"],
    on: ["workerd"],
    why: "its other signer is node:crypto, which does not take its own keys there",
  },
  {
    files: ["core/src/introspection/ask-issuer", "core/src/keys/discover"],
    tests: ["over a real socket"],
    on: ["workerd"],
    why: "its server is node:http, which does not listen there",
  },
  {
    files: ["client/src/store/web-storage"],
    tests: ["web locks"],
    on: ["Node 22", "Bun", "workerd"],
    why: "there is no navigator.locks",
  },
  {
    files: ["client/src/transport/contract"],
    on: notNode,
    why: "trusts its certificate by node:tls; the client contract is held there by fetch",
  },
  {
    files: [
      "client/src/axios",
      "client/src/undici",
      "testing/src/adapter-contract",
      "testing/src/attack",
      "testing/src/matchers",
    ],
    on: web,
    why: "its server is node:http, which does not listen there",
  },
  {
    files: ["client/src/fetch/body", "client/src/fetch/retry"],
    tests: ["over a socket"],
    on: web,
    why: "its server is node:http, which does not listen there; the client contract holds it there",
  },
  {
    files: ["client/src/fetch/redirect", "client/src/fetch/replayable"],
    tests: ["over a socket"],
    on: ["workerd"],
    why: "its server is node:http, which does not listen there; the client contract holds it there",
  },
  {
    files: ["client/src/fetch/redirect", "client/src/fetch/replayable"],
    tests: ["over a socket"],
    on: ["Chromium"],
    why: "no page is told where a redirect leads, or sends streams over HTTP/1.1",
  },
  {
    files: ["client/src/token/client-credentials"],
    tests: ["over a socket"],
    on: web,
    why: "its server is node:http, which does not listen there; the client contract holds it there, but for metadata that has moved and an answer that never ends",
  },
  {
    files: ["client/src/fetch/body"],
    tests: ["what is iterated asynchronously"],
    on: ["Chromium"],
    why: "no Request there takes what is iterated asynchronously",
  },
  {
    files: ["testing/src/issuer/create-test-issuer"],
    tests: ["listening"],
    on: ["workerd"],
    why: "a Worker does not listen",
  },
  {
    files: ["testing/src/issuer/faults"],
    tests: ["over a socket"],
    on: ["workerd"],
    why: "a Worker does not listen",
  },
  {
    files: [
      "testing/src/adapter-contract/adapters",
      "testing/src/adapter-contract/requests",
      "testing/src/attack/corpus",
      "testing/src/attack/floods",
    ],
    tests: ["fastify"],
    on: ["Deno"],
    why: "Fastify's router calls URL.parse in a way that Deno's does not bear",
  },
  {
    files: ["testing/src/attack/corpus"],
    tests: ["rs256-padding-of-type-2", "rs256-padding-too-short"],
    on: ["Deno"],
    why: "is forged by node:crypto, which has no such padding there",
  },
  {
    files: ["testing/src/attack/samples"],
    on: ["Deno"],
    why: "runs the whole corpus, with what is left out above",
  },
  {
    files: ["testing/src/attack/honesty"],
    on: everywhere,
    why: "tries the kit on broken servers, for many seconds; vitest runs it, on Node 24",
  },
  {
    files: ["testing/src/attack/corpus"],
    tests: ["token-of-1024-kib"],
    on: ["Bun"],
    why: "Bun's own server refuses so long a field with 400",
  },
  {
    files: ["testing/src/matchers"],
    on: ["Deno"],
    why: "supertest asks for the host's name, which the tests on Deno may not",
  },
  {
    files: ["testing/src/issuer/faults"],
    tests: ["a connection that is cut", "an answer that comes late, or never"],
    on: ["Bun"],
    why: "Bun says in other words that a fetch failed",
  },
  {
    files: ["testing/src/matchers"],
    tests: ["and is closed when its test has ended"],
    on: ["Bun"],
    why: "Bun says in other words that a fetch failed",
  },
  {
    files: ["client/src/fetch/body"],
    tests: ["sends a string again byte for byte"],
    on: ["Bun"],
    why: "Bun's fetch says of no text that it is text/plain",
  },
  {
    files: ["client/src/fetch/redirect"],
    tests: ["follows a 307 to another port", "follows a 308 to another port"],
    on: ["Bun"],
    why: "Bun's fetch says of no text that it is text/plain",
  },
  {
    files: ["client/src/undici/authenticate.answers"],
    tests: ["its body waits in the network"],
    on: ["Bun"],
    why: "Bun's sockets read ahead",
  },
  {
    files: ["client/src/credential/all"],
    tests: ["writes what each of them writes"],
    on: ["Chromium"],
    why: "no page writes cookies",
  },
  {
    files: ["client/src/credential/api-key"],
    tests: ["writes a cookie beside"],
    on: ["Chromium"],
    why: "no page writes cookies",
  },
  {
    files: ["client/src/fetch/create-auth-fetch"],
    tests: ["passes the rest of init and of a Request on"],
    on: ["workerd"],
    why: 'no Request has the cache mode "reload" there',
  },
];
