import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type AttackReport,
  type AttackResult,
  attack,
  attackCases,
  createAttackIssuer,
  formatReport,
  toCoverage,
  toJUnit,
} from "../attack.ts";
import { toReport } from "./report.ts";

const result = (id: string, members: Partial<AttackResult> = {}): AttackResult => ({
  ...{ id, group: "claims", source: "RFC 7519", title: id, isControl: false, milliseconds: 3 },
  ...{ outcome: "passed", expected: "401", found: "401" },
  ...members,
});
const hole = { outcome: "finding", grade: "hole", found: "200" } as const;
const reportOf = (...results: AttackResult[]): AttackReport => toReport("http://a.test", results);

describe("the corpus, for reading", () => {
  it("has at least 340 cases, each with a word of its own, a source and a title", () => {
    const ids = attackCases.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(340);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    const isWhole = ({ source, title }: (typeof attackCases)[number]) =>
      /RFC|CVE|OWASP/.test(source) && title.length > 5;
    expect(attackCases.filter((each) => !isWhole(each))).toEqual([]);
  });

  it("has controls in every group of attacks", () => {
    for (const [group, cases] of Map.groupBy(attackCases, (each) => each.group)) {
      expect([group, cases.some((each) => each.isControl)]).toEqual([group, true]);
    }
  });
});

describe("formatReport", () => {
  it("puts the worst first, and together what came alike", () => {
    const text = formatReport(
      reportOf(
        result("a", { outcome: "finding", grade: "deviation", found: "400" }),
        ...["b", "c", "d", "e", "f", "g", "h"].map((id) => result(id, hole)),
        result("i", { outcome: "not-run", found: "no key" }),
        result("j"),
      ),
    );
    expect(text.split("\n")).toEqual([
      "http://a.test: 1 passed, 8 findings, 1 not run",
      "",
      "grade      cases  found   which",
      "hole       7      200     b, c, d, e, f, g and 1 more",
      "deviation  1      400     a",
      "not run    1      no key  i",
    ]);
  });

  it("is one line where nothing was found", () => {
    expect(formatReport(reportOf(result("a")))).toBe(
      "http://a.test: 1 passed, 0 findings, 0 not run",
    );
  });
});

describe("toJUnit", () => {
  it("writes XML that holds whatever an answer said", () => {
    const found = '<&">\u0000\u001b[31m\ud800]]>\n';
    const xml = toJUnit(
      reportOf(result("a", { ...hole, found }), result("b", { outcome: "not-run" }), result("c")),
    );
    expect(xml).toContain('<testsuites name="http://a.test" tests="3" failures="1" skipped="1">');
    expect(xml).toContain('message="&lt;&amp;&quot;&gt;[31m\ufffd]]&gt;&#10;"');
    const tag = String.raw`<(?:\?xml|/?[a-z]+)(?: [a-z]+="[^"<&]*(?:&(?:lt|gt|amp|quot|#\d+);[^"<&]*)*")*/?\??>`;
    const rest = xml.replace(new RegExp(tag, "g"), "");
    expect(rest).not.toMatch(/[<>"]|&(?!(lt|gt|amp|quot|#\d+);)/);
    const count = (pattern: RegExp) => xml.match(pattern)?.length;
    expect(count(/<testcase [^>]*[^/]>/g)).toBe(count(/<\/testcase>/g));
  });
});

describe("toCoverage", () => {
  it("has cases for what can be seen from outside, and says what cannot", () => {
    const coverage = toCoverage();
    const beyond = coverage.filter(({ cases }) => cases.length === 0);
    expect(beyond.map(({ requirement }) => requirement)).toEqual([
      ...["9.2.4", "10.3.4", "10.1", "10.2", "10.4", "10.5", "10.6", "10.7"],
    ]);
    expect(beyond.every(({ note, outcome }) => note && outcome === "out of reach")).toBe(true);
    const known = new Set(attackCases.map(({ id }) => id));
    expect(coverage.flatMap(({ cases }) => cases).filter((id) => !known.has(id))).toEqual([]);
  });

  it("has cases of every kind of caller", () => {
    const tried = new Set(toCoverage().flatMap(({ cases }) => cases));
    const groups = attackCases.filter(({ id }) => tried.has(id)).map(({ group }) => group);
    expect(new Set(groups)).toEqual(
      new Set([
        ...["signature", "key-confusion", "header", "claims", "encoding", "dpop", "state"],
        ...["basic", "api-key", "oauth1", "digest"],
      ]),
    );
  });

  it("says what came of a requirement's cases", () => {
    const came = new Map(
      toCoverage(reportOf(result("aud-foreign", hole), result("exp-past"))).map((each) => [
        each.requirement,
        each.outcome,
      ]),
    );
    expect([came.get("9.2.3"), came.get("9.2.1"), came.get("9.1.1")]).toEqual([
      ...["finding", "passed", "not-run"],
    ]);
  });
});

describe("attack, with wrong input", () => {
  const send = () => new Response();
  const url = "http://a.test/";
  const known = { url: "https://id.test", audience: "https://api.test" };

  it.each([
    ["a group that is none", { ...known, key: new Uint8Array(32) }, { groups: ["claim"] }],
    ["a key that is none", { ...known, key: "no key" }, {}],
    ["a public key", { ...known, key: { kty: "EC", crv: "P-256", x: "AA", y: "AA" } }, {}],
  ])("throws for %s", async (_what, issuer, options) => {
    const attempt = attack(send, { url, issuer }, options);
    await expect(attempt).rejects.toMatchObject({ name: "ConfigurationError" });
  });

  it.each([{ url }, { url, callers: {} }])(
    "throws where no good caller is known: %j",
    async (target) => {
      await expect(attack(send, target)).rejects.toThrow("needs an issuer, callers, or both");
    },
  );

  it("throws for an algorithm that an attack issuer does not have", async () => {
    await using issuer = await createAttackIssuer();
    const attempt = attack(send, { url, issuer, algorithms: ["HS256"] });
    await expect(attempt).rejects.toThrow("algorithms: the first must be one of ES256");
  });

  it("says of each case that needs more than is known what is missing", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const key = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const seen: string[] = [];
    const { results } = await attack(
      send,
      { url, issuer: { ...known, key } },
      {
        groups: ["signature", "dpop"],
        onCase: ({ id }) => void seen.push(id),
      },
    );
    expect(seen).toEqual(results.map(({ id }) => id));
    const found = new Map(results.map((each) => [each.id, each.found]));
    expect(found.get("good-rs256")).toMatch(/^needs another key/);
    expect(found.get("good-eddsa")).toBe("2xx");
    expect(found.get("good-proof")).toBe('no URL was given for "bound"');
    expect(found.get("alg-none")).toBe("200");
  });
});
