/** Attacks other libraries' middlewares, set up as their READMEs say, and writes ATTACKED.md. */
import { readFile, writeFile } from "node:fs/promises";
import {
  type AttackReport,
  type AttackResult,
  attack,
  createAttackIssuer,
  grades,
  sendOverHttp,
} from "../src/attack.ts";
import { serve } from "../src/issuer/listen.ts";
import { type Peer, peers, secret, toServer } from "./peers.ts";

const file = new URL("../ATTACKED.md", import.meta.url);

async function versionOf(name: string): Promise<string> {
  // Not every package exports its package.json.
  const json = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url));
  return `${name} ${(JSON.parse(json.toString()) as { version: string }).version}`;
}

async function attackPeer(peer: Peer): Promise<AttackReport> {
  // RS256 and `typ: JWT`, since that is what all of them know; odd keys would be another matter.
  await using issuer = await createAttackIssuer({ oddKeys: false, algorithms: ["RS256"] });
  const server = await serve(toServer(await peer.start(issuer)));
  const { url: iss, audience } = issuer;
  const known = { url: iss, audience, key: Buffer.from(secret) };
  const target = peer.shared
    ? { url: `${server.url}/`, issuer: known, header: { typ: "JWT" } }
    : { url: `${server.url}/`, issuer, algorithms: ["RS256"], header: { typ: "JWT" } };
  try {
    return await attack((request) => fetch(request), target, { sendRaw: sendOverHttp });
  } finally {
    await server.close();
  }
}

const isFinding = ({ outcome }: AttackResult) => outcome === "finding";

function describeFindings({ results }: AttackReport): readonly string[] {
  return grades.flatMap((grade) => {
    const found = results.filter((each) => each.grade === grade);
    return [...Map.groupBy(found, (each) => each.found)].map(
      ([what, cases]) => `| ${grade} | ${cases.length} | ${cell(what)} | ${toNames(cases)} |`,
    );
  });
}

/** A common way to refuse is one finding, however many cases show it. */
function toNames(cases: readonly AttackResult[]): string {
  const ids = cases.map(({ id }) => `\`${id}\``);
  return ids.length > 40 ? `${ids.slice(0, 3).join(", ")} and others` : ids.join(", ");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const sections: string[] = [];
const rows: string[] = [];
for (const [name, peer] of Object.entries(peers)) {
  const report = await attackPeer(peer);
  const versions = (await Promise.all(peer.packages.map(versionOf))).join(", ");
  const { passed, notRun, grades: counts } = report.summary;
  rows.push(
    `| ${name} | ${[passed, ...grades.map((grade) => counts[grade]), notRun].join(" | ")} |`,
  );
  const found = report.results.some(isFinding)
    ? ["| grade | cases | came | which |", "|---|---|---|---|", ...describeFindings(report)]
    : ["Nothing was found."];
  sections.push([`## ${name}`, "", `${versions}; ${peer.setting}`, "", ...found].join("\n"));
  process.stderr.write(`${name}: ${JSON.stringify(report.summary)}\n`);
}

const before = await readFile(file, "utf8").catch(() => "");
const [preamble = ""] = before.split("<!-- What follows is written by scripts/attack-peers.ts -->");
const columns = ["passed", ...grades, "not run"];
await writeFile(
  file,
  [
    `${preamble}<!-- What follows is written by scripts/attack-peers.ts -->`,
    "",
    `Run on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.`,
    "",
    `| set up as its README says | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---:").join("|")}|`,
    ...rows,
    "",
    ...sections.flatMap((section) => [section, ""]),
  ].join("\n"),
);
