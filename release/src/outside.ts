import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPackage } from "./packages.ts";

const run = promisify(execFile);

/** A folder that is no part of the workspace, with packed tarballs installed in it. */
export interface Outside {
  readonly folder: string;
  /** Runs a command there, and gives what it printed. */
  run(command: string, ...args: string[]): Promise<string>;
  /** The same with more environment variables. */
  runWith(env: Record<string, string>, command: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Packs a package and what it needs of ours, and installs the tarballs in an empty folder, as a user
 * would.
 *
 * @param others what else that user installs
 */
export async function installOutside(
  folderName: string,
  others: readonly string[],
): Promise<Outside> {
  const folder = await mkdtemp(join(tmpdir(), `countersign-${folderName}-`));
  for (const needed of findPackage(folderName).closure) {
    await run("npx", ["-y", "pnpm@12", "pack", "--pack-destination", folder], {
      cwd: findPackage(needed).path,
    });
  }
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "outside", private: true, type: "module" }),
  );
  const runWith: Outside["runWith"] = async (env, command, ...args) => {
    const { stdout } = await run(command, args, { cwd: folder, env: { ...process.env, ...env } });
    return stdout;
  };
  const outside: Outside = {
    folder,
    runWith,
    run: (command, ...args) => runWith({}, command, ...args),
    remove: () => rm(folder, { recursive: true }),
  };
  await outside.run(
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    ...tarballs.map((file) => `./${file}`),
    ...others,
  );
  return outside;
}
