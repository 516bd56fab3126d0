import { lockContract, tokenStoreContract } from "@countersign/core/state/contract";
import { beforeAll, expect, test } from "vitest";
import { closing, type Outcomes } from "./browser-storage.suite.ts";
import { bundle } from "./bundle.ts";
import { countOf, describeOn, note } from "./results.ts";
import { runtimes } from "./runtimes.ts";

const row = "browser storage";
const names = [
  ...tokenStoreContract.flatMap(({ name }) => [`localStorage ${name}`, `sessionStorage ${name}`]),
  ...lockContract.map(({ name }) => `locks ${name}`),
  closing,
];

/** The contracts of stores and locks, by what a browser has. */
export function testBrowserStorage(): void {
  describeOn(row, "Chromium", (begin) => {
    let outcomes: Outcomes = {};
    beforeAll(async () => {
      begin();
      const { target, run } = runtimes.Chromium;
      const code = await bundle(new URL("browser-storage.suite.ts", import.meta.url), target);
      outcomes = (await run(code, { input: null })) as Outcomes;
      const kept = names.filter((each) => outcomes[each] === "kept").length;
      note(row, "Chromium", countOf(kept, names.length - kept));
    }, 120_000);

    test.each(names)("%s", (name) => {
      expect(outcomes[name]).toBe("kept");
    });
  });
}
