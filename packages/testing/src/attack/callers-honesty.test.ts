/** Servers that each lack one check on callers without tokens: whether the report names what they lack. */
import { describe, expect, it } from "vitest";
import { attack, type Grade } from "../attack.ts";
import type { Carelessness } from "./callers.fixture.ts";
import {
  createCallerServer,
  type Misreading,
  type Rewriting,
  withHeader,
} from "./careless-callers.fixture.ts";

interface Trial {
  readonly carelessness?: Carelessness;
  readonly misread?: Misreading;
  readonly rewrite?: Rewriting;
  readonly grade: Grade;
  /** All that the report must name, and nothing else. */
  readonly names: readonly string[] | RegExp;
}

const isAt = (request: Request, path: string) => new URL(request.url).pathname === path;
const readByUri: Misreading = (request) => {
  const [, uri] = /\buri="([^"]*)"/.exec(request.headers.get("authorization") ?? "") ?? [];
  return uri === undefined ? undefined : new Request(new URL(uri, request.url), request);
};

const trials: Readonly<Record<string, Trial>> = {
  "any password taken": {
    carelessness: { isPassword: (given) => given !== "" },
    grade: "hole",
    names: [
      ...["basic-wrong-password", "basic-password-cut-short", "basic-password-in-other-case"],
      ...["basic-password-up-to-its-colon", "basic-unknown-user-answered-alike"],
    ],
  },
  "passwords compared in lower case": {
    carelessness: { isPassword: (given, right) => given.toLowerCase() === right.toLowerCase() },
    grade: "hole",
    names: ["basic-password-in-other-case"],
  },
  "passwords compared up to a length": {
    carelessness: { isPassword: (given, right) => given.slice(0, 8) === right.slice(0, 8) },
    grade: "hole",
    names: ["basic-wrong-password", "basic-password-cut-short"],
  },
  "credentials split at every colon": {
    carelessness: { isPassword: (given, right) => given.split(":")[0] === right.split(":")[0] },
    grade: "hole",
    names: [
      ...["basic-wrong-password", "basic-password-cut-short", "basic-password-up-to-its-colon"],
    ],
  },
  "Basic credentials under Bearer": {
    misread: (request) => {
      const { authorization = "" } = Object.fromEntries(request.headers);
      return withHeader(request, "authorization", authorization.replace(/^Bearer/, "Basic"));
    },
    grade: "hole",
    names: ["basic-credentials-under-bearer"],
  },
  "Latin-1 taken for UTF-8": {
    misread: (request) => {
      const [, text = ""] = /^Basic (.*)/.exec(request.headers.get("authorization") ?? "") ?? [];
      const inUtf8 = Buffer.from(Buffer.from(text, "base64").toString("latin1"));
      return withHeader(request, "authorization", `Basic ${inUtf8.toString("base64")}`);
    },
    grade: "lax",
    names: ["basic-latin1"],
  },
  "who exists told by the status": {
    rewrite: (answer, request) => {
      const text = Buffer.from(request.headers.get("authorization")?.slice(6) ?? "", "base64");
      return isAt(request, "/basic") && text.toString().startsWith("not-")
        ? new Response(null, { status: 404 })
        : answer;
    },
    grade: "deviation",
    names: ["basic-unknown-user", "basic-unknown-user-answered-alike"],
  },
  "keys found by their id alone": {
    carelessness: { isKey: ({ id }, right) => id === right.id },
    grade: "hole",
    names: ["api-key-wrong-secret"],
  },
  "any key of the right form taken": {
    carelessness: { isKey: () => true },
    grade: "hole",
    names: [
      ...["api-key-wrong-secret", "api-key-never-issued", "api-key-in-other-case"],
      // Neither has a checksum, so that they pass for keys of somebody else's making.
      ...["api-key-longer", "api-key-prefix"],
    ],
  },
  "keys compared in lower case": {
    misread: (request, { apiKey: { key } }) =>
      request.headers.get("x-api-key")?.toLowerCase() === key.toLowerCase()
        ? withHeader(request, "x-api-key", key)
        : undefined,
    grade: "hole",
    names: ["api-key-in-other-case"],
  },
  "keys compared by their beginning": {
    misread: (request, { apiKey: { key } }) =>
      request.headers.get("x-api-key")?.startsWith(key.slice(0, 24))
        ? withHeader(request, "x-api-key", key)
        : undefined,
    grade: "hole",
    names: ["api-key-last-character-changed", "api-key-prefix", "api-key-longer"],
  },
  "white space around keys taken away": {
    misread: (request) => {
      const url = new URL(request.url);
      const key = url.searchParams.get("api_key");
      if (key === null || request.headers.has("x-api-key")) return undefined;
      url.searchParams.set("api_key", key.trim());
      return new Request(url, request);
    },
    grade: "hole",
    names: ["api-key-newline-after-it"],
  },
  "replays not noticed": {
    carelessness: { replays: { reserve: () => true } },
    grade: "hole",
    names: [
      ...["oauth1-nonce-replayed", "digest-count-replayed"],
      ...["oauth1-nonce-replayed-at-once", "digest-count-replayed-at-once"],
    ],
  },
  "requests taken however old": {
    carelessness: { timestampTolerance: 86_400 },
    grade: "lax",
    names: ["oauth1-timestamp-old", "oauth1-timestamp-ahead"],
  },
  "the query not signed": {
    misread: (request) =>
      isAt(request, "/oauth1") ? new Request(request.url.split("?")[0] ?? "", request) : undefined,
    grade: "hole",
    names: ["oauth1-parameter-added"],
  },
  "the method not signed": {
    misread: ({ url, headers }) => new Request(url, { method: "POST", headers }),
    grade: "hole",
    names: ["oauth1-method-changed", "digest-other-method"],
  },
  "the uri of a digest believed": {
    misread: readByUri,
    grade: "hole",
    names: ["digest-other-uri", "digest-other-query"],
  },
  "MD5 taken, which is not offered": {
    carelessness: { algorithms: ["SHA-256", "MD5"] },
    rewrite: (answer) => {
      const [field = ""] = answer.headers.get("www-authenticate")?.split(", Digest") ?? [];
      if (field) answer.headers.set("www-authenticate", field);
      return answer;
    },
    grade: "hole",
    names: ["digest-downgraded"],
  },
  "a stale nonce not told from a wrong password": {
    rewrite: (answer) => {
      const field = answer.headers.get("www-authenticate");
      if (field) answer.headers.set("www-authenticate", field.replace(/, stale=\w+/, ""));
      return answer;
    },
    grade: "deviation",
    names: ["digest-nonce-made-up"],
  },
  "the password told in the answer": {
    rewrite: (answer, request) =>
      isAt(request, "/basic") && answer.ok ? new Response("Hello circle:of:life\u00a3") : answer,
    grade: "leak",
    names: [
      ...["good-basic", "good-basic-scheme-in-lower-case", "good-basic-colon-in-password"],
      ...["good-basic-utf8", "good-basic-after-all-that"],
    ],
  },
  "everybody refused": {
    rewrite: (answer) =>
      answer.ok
        ? new Response(null, { status: 401, headers: { "www-authenticate": "x" } })
        : answer,
    grade: "refused-control",
    names: /^good-|-at-once$/,
  },
};

describe("an attack on callers without tokens", () => {
  it.each(Object.entries(trials))("names the right hole: %s", async (_name, trial) => {
    const { carelessness, misread, rewrite, grade, names } = trial;
    const { send, target } = await createCallerServer(carelessness, misread, rewrite);
    const { results } = await attack(send, target);
    const findings = results.filter(({ outcome }) => outcome === "finding");
    expect(findings.filter((each) => each.grade !== grade)).toEqual([]);
    const named = findings.map(({ id }) => id);
    if (!(names instanceof RegExp)) expect(named.toSorted()).toEqual(names.toSorted());
    else {
      expect(named.filter((id) => !names.test(id))).toEqual([]);
      expect(named.length).toBeGreaterThan(10);
    }
  });

  it("finds nothing at the server that lacks none, and runs no case about tokens", async () => {
    const { send, target } = await createCallerServer();
    const { results, summary } = await attack(send, target);
    expect(summary).toMatchObject({ findings: 0 });
    const ran = results.filter(({ outcome }) => outcome === "passed");
    expect(new Set(ran.map(({ group }) => group))).toEqual(
      new Set(["basic", "api-key", "oauth1", "digest", "state"]),
    );
    const reasons = results.filter(({ outcome }) => outcome === "not-run");
    expect(new Set(reasons.map(({ found }) => found))).toEqual(
      new Set([
        ...["no issuer of tokens was given", "PLAINTEXT is for https alone"],
        ...["nobody listens in on a loopback address", "no issuer with a shared secret is trusted"],
      ]),
    );
  });
});
