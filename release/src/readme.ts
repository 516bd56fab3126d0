import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findPackage } from "./packages.ts";

/**
 * The first TypeScript example of a package's README, with its made-up addresses changed to real ones.
 *
 * @throws Error when a text to change is not in it
 */
export async function readExample(
  folder: string,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  const readme = await readFile(join(findPackage(folder).path, "README.md"), "utf8");
  let [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  for (const [text, replacement] of Object.entries(changes)) {
    if (!example.includes(text)) throw new Error(`The example of ${folder} has no "${text}".`);
    example = example.replaceAll(text, replacement);
  }
  return example;
}
