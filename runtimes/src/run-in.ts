import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";
import { findChromium, findNode, findPackaged } from "./find-program.ts";

/** What a bundle is run with. */
export interface RunOptions {
  /** Given to the bundle's `run`; JSON. */
  readonly input: unknown;
  /** A certificate, in PEM, that the runtime is to trust. */
  readonly certificate?: string;
  /** For a browser: the page to run on. Default: one of its own. */
  readonly page?: string;
}

/** Runs a bundle that exports `run(input)`, and gives what that promises; JSON. */
type Run = (bundle: string, options: RunOptions) => Promise<unknown>;

export const runInBun: Run = (bundle, options) =>
  runInProcess(bundle, options, {
    program: findPackaged("bun", "bin/bun"),
    args: ["run", "--no-install", "main.mjs"],
  });

/** With the network and the environment, and nothing else, permitted. */
export const runInDeno: Run = (bundle, options) =>
  runInProcess(bundle, options, {
    program: findPackaged("deno", "deno"),
    args: [
      ...["run", "--no-config", "--no-remote", "--allow-net", "--allow-env"],
      ...["--cert=certificate.pem", "main.mjs"],
    ],
  });

export const runInNode22: Run = (bundle, options) =>
  runInProcess(bundle, options, { program: findNode("node22"), args: ["main.mjs"] });

/** The one that runs this. */
export const runInNode24: Run = (bundle, options) =>
  runInProcess(bundle, options, { program: process.execPath, args: ["main.mjs"] });

export const runInNode26: Run = (bundle, options) =>
  runInProcess(bundle, options, { program: findNode("node26"), args: ["main.mjs"] });

/** In the runtime of Cloudflare's Workers, by a request: without one, a Worker may call nobody. */
export const runInWorkerd: Run = (bundle, { input, certificate = "" }) => {
  const files = {
    "bundle.mjs": bundle,
    "certificate.pem": certificate,
    "config.capnp": configureWorkerd(certificate === "" ? "" : `embed "certificate.pem"`),
    "main.mjs": `import { run } from "bundle.mjs";
      const fetch = async (request) => Response.json(await run(await request.json()));
      export default { fetch };`,
  };
  return inDirectory(files, async (directory) => {
    const child = spawn(
      findPackaged("workerd", "bin/workerd"),
      ["serve", "config.capnp", "--control-fd=3"],
      { cwd: directory, stdio: ["ignore", "ignore", "pipe", "pipe"], timeout: 300_000 },
    );
    const errors = text(child.stderr as Readable);
    try {
      const started = once(child.stdio[3] as Readable, "data");
      const ended = once(child, "close").then(() => undefined);
      const [line] = (await Promise.race([started, ended])) ?? [];
      if (line === undefined) throw endedWith(child, await errors);
      const { port } = JSON.parse(line);
      const body = JSON.stringify(input);
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body });
      return await answer.json();
    } finally {
      child.kill();
    }
  });
};

function configureWorkerd(trusted: string): string {
  return `
  using Workerd = import "/workerd/workerd.capnp";
  const config :Workerd.Config = (
    services = [
      (name = "main", worker = .main),
      (name = "internet", network = (
        allow = ["public", "private"],
        tlsOptions = (trustedCertificates = [${trusted}]),
      )),
    ],
    sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  );
  const main :Workerd.Worker = (
    modules = [
      (name = "main.mjs", esModule = embed "main.mjs"),
      (name = "bundle.mjs", esModule = embed "bundle.mjs"),
    ],
    compatibilityDate = "2026-11-01",
  );
`;
}

/** On a page, so that what a page may not do fails as it would for users. */
export async function runInChromium(
  bundle: string,
  { input, page: address }: Pick<RunOptions, "input"> & { readonly page: string },
): Promise<unknown> {
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(address);
    // As text: a function would have been changed by whatever loaded this file.
    const script = JSON.stringify(bundle);
    return await page.evaluate(
      `import(URL.createObjectURL(new Blob([${script}], { type: "text/javascript" })))
         .then(({ run }) => run(${JSON.stringify(input)}))`,
    );
  } finally {
    await browser.close();
  }
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** The last line that the process writes is the result. */
function runInProcess(
  bundle: string,
  { input, certificate = "" }: RunOptions,
  { program, args }: Command,
): Promise<unknown> {
  const files = {
    "bundle.mjs": bundle,
    "certificate.pem": certificate,
    // What nothing holds open would end before it has failed for being late.
    "main.mjs": `import { run } from "./bundle.mjs";
      setInterval(() => {}, 1000);
      console.log("\\n" + JSON.stringify(await run(${JSON.stringify(input)})));
      process.exit();`,
  };
  return inDirectory(files, async (directory) => {
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      NODE_EXTRA_CA_CERTS: join(directory, "certificate.pem"),
      DENO_NO_UPDATE_CHECK: "1",
    };
    const child = spawn(program, args, {
      cwd: directory,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 300_000,
    });
    const ended = once(child, "close");
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (child.exitCode !== 0) throw endedWith(child, errors);
    return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
  });
}

function endedWith({ spawnfile, exitCode, signalCode }: ChildProcess, errors: string): Error {
  return new Error(`${spawnfile} ended with ${exitCode ?? signalCode}: ${errors}`);
}

/** Works in a directory of its own that holds these files. */
async function inDirectory<T>(
  files: Readonly<Record<string, string>>,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-runtime-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(directory, name), content);
    }
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
