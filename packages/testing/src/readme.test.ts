import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { readConfig } from "./bin/read-config.ts";

const run = promisify(execFile);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

/** The examples in a language, each by the heading that it stands under. */
function examples(language: string): readonly (readonly [heading: string, code: string])[] {
  let heading = "";
  const pieces = readme.matchAll(/^## (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...pieces].flatMap(([, title, ofLanguage, code = ""]) => {
    heading = title ?? heading;
    return ofLanguage === language ? [[heading, code] as const] : [];
  });
}

it.each(examples("ts"))("%s: the example prints what its comments say", async (_heading, code) => {
  const said = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(said.length).toBeGreaterThan(0);
  const flags = ["--conditions=@countersign/source", "--input-type=module", "--eval"];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await run(process.execPath, [...flags, code], { cwd, timeout: 15_000 });
  expect(stdout.trim().split("\n")).toEqual(said);
});

it.each(examples("json"))("%s: the config file is one", async (_heading, json) => {
  const folder = await mkdtemp(join(tmpdir(), "countersign-readme-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "issuer.json"), json);
  expect(await readConfig(join(folder, "issuer.json"))).toEqual(JSON.parse(json));
});

it("says it in about ten lines each", () => {
  const [, ...short] = examples("ts").map(([, code]) => code.trim().split("\n").filter(Boolean));
  expect(short.length).toBeGreaterThanOrEqual(7);
  expect(Math.max(...short.map(({ length }) => length))).toBeLessThanOrEqual(11);
});
