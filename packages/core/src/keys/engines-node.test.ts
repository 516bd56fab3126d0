import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const core = fileURLToPath(new URL("../..", import.meta.url));

/** What Node would import under further conditions; its own, `node`, is always one of them. */
function resolved(specifier: string, ...conditions: string[]): string {
  const script = `process.stdout.write(import.meta.resolve(${JSON.stringify(specifier)}))`;
  const flags = conditions.map((condition) => `--conditions=${condition}`);
  const run = [...flags, "--input-type=module", "--eval", script];
  return execFileSync(process.execPath, run, { cwd: core, encoding: "utf8" }).replace(/.*\//, "");
}

describe("who has which engine: runtimes that pass for Node have the one for all", () => {
  const source = "@countersign/source";
  for (const [specifier, name] of [
    ["#signature", "signature"],
    ["#bytes", "bytes"],
    ["#slot", "slot"],
  ] as const) {
    test(specifier, () => {
      expect(resolved(specifier)).toBe(`${name}-node.js`);
      expect(resolved(specifier, source)).toBe(`${name}-node.ts`);
      for (const runtime of ["bun", "deno", "workerd"]) {
        expect(resolved(specifier, runtime)).toBe(`${name}-web.js`);
        expect(resolved(specifier, source, runtime)).toBe(`${name}-web.ts`);
      }
    });
  }
});
