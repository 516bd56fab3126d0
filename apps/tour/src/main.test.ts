import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs the whole tour in processes of its own, on the packages' sources. */
function runTour(...words: string[]): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    const command = ["--conditions=@countersign/source", main, ...words];
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr });
    });
  });
}

describe("the tour", () => {
  it("ends with 0 when every row came out as it should", async () => {
    const { code, printed } = await runTour("--once");
    expect(printed).toMatch(/All \d+ rows came out as they should\./);
    expect(printed).not.toContain("\n!");
    expect(code).toBe(0);
  });

  it("ends with 1 and marks the rows when one API expects another audience", async () => {
    const { code, printed } = await runTour(
      "--once",
      "--set",
      "express-api.AUDIENCE=https://other.test",
    );
    const marked = printed.split("\n").filter((line) => line.startsWith("!"));
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.every((line) => line.includes("Express"))).toBe(true);
    expect(printed).toContain("audience_mismatch");
    expect(code).toBe(1);
  });

  it("ends with 1 and says why when an app does not start", async () => {
    const { code, printed } = await runTour("--once", "--set", "hono-api.DEMO_API_KEY=short");
    expect(printed).toContain("DEMO_API_KEY must have 32 characters");
    expect(code).toBe(1);
  });

  it("says how it is used when it does not know a word", async () => {
    const { code, printed } = await runTour("--twice");
    expect(printed).toContain("Usage: pnpm demo");
    expect(code).toBe(1);
  });
});
