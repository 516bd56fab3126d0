import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

/** A real Redis of its own: on a free port of 127.0.0.1, in a temporary directory. */
export interface RedisServer {
  /** Where it writes what it saves. */
  readonly folder: string;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Waits until it takes commands. After {@link RedisServer.kill} it starts again, empty. */
  start(): Promise<void>;
  /** Ends it as a power switch would. */
  kill(): Promise<void>;
  /** Stops it where it is: connections stay open, and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it and deletes its directory. */
  remove(): Promise<void>;
}

const program = "redis-server";
const run = promisify(execFile);

export const withoutRedis = !isInstalled();
export const howToGetRedis = "needs redis-server: apt-get install -y redis-server";

function isInstalled(): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const settings = "--bind 127.0.0.1 --save  --appendonly no --maxmemory-policy noeviction".split(
  " ",
);

/**
 * Starts a server. It is the caller's to {@link RedisServer.remove}.
 *
 * @param more further settings, which come last and so count
 * @param file a file of settings, and what goes with it
 */
export async function startRedis(
  more: readonly string[] = [],
  file: readonly string[] = [],
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-redis-"));
  const port = await findPort();
  let server: ChildProcess;
  const exited = () => (server.exitCode ?? server.signalCode) !== null;

  const self: RedisServer = {
    folder,
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return Number(server.pid);
    },
    async start() {
      const args = [...file, "--port", String(port), "--dir", folder, ...settings, ...more];
      const started = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
      server = started;
      process.once("exit", () => started.kill("SIGKILL"));
      await new Promise<void>((resolve, reject) => {
        let log = "";
        started.stdout.on("data", (text) => {
          log += text;
          if (/Ready to accept connections|Sentinel ID is/.test(log)) resolve();
        });
        started.once("exit", () => reject(new Error(`Redis did not start:\n${log}`)));
      });
    },
    async kill() {
      if (exited()) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
    pause: () => process.kill(self.pid, "SIGSTOP"),
    resume: () => process.kill(self.pid, "SIGCONT"),
    async remove() {
      await self.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await self.start();
  return self;
}

/** Three servers that are one cluster. */
export interface RedisCluster {
  readonly servers: readonly RedisServer[];
  remove(): Promise<void>;
}

/** Starts a cluster. It is the caller's to {@link RedisCluster.remove}. */
export async function startCluster(): Promise<RedisCluster> {
  const servers = await Promise.all([1, 2, 3].map(async () => startRedis(await asMember())));
  const remove = async () => void (await Promise.all(servers.map((server) => server.remove())));
  try {
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
    await run("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"]);
    await until(async () => {
      const states = servers.map(({ port }) =>
        run("redis-cli", ["-p", String(port), "cluster", "info"]),
      );
      return (await Promise.all(states)).every(({ stdout }) => stdout.includes("state:ok"));
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { servers, remove };
}

/** Starts one that watches a server and, once it finds its replicas, puts one of them in its place. */
export async function startSentinel(port: number): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-sentinel-"));
  const file = join(folder, "sentinel.conf");
  const patience = ["down-after-milliseconds main 300", "failover-timeout main 2000"];
  const lines = [`monitor main 127.0.0.1 ${port} 1`, ...patience];
  await writeFile(file, lines.map((line) => `sentinel ${line}\n`).join(""));
  const sentinel = await startRedis([], [file, "--sentinel"]);
  return {
    ...sentinel,
    async remove() {
      await sentinel.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function asMember(): Promise<string[]> {
  return `--cluster-enabled yes --cluster-port ${await findPort()}`.split(" ");
}

/** Waits until something holds; failing is not holding yet. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await pause(20);
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
