import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const program = "/usr/sbin/apache2";

export const hasApache = existsSync(program);
export const howToGetApache = "needs Apache: apt-get install -y apache2";

/** The one user that Apache knows. */
export const user = {
  username: 'ada "the first"',
  realm: "orders, of today",
  password: 'Secret: ünd \\ "so"',
} as const;

/** Apache with mod_auth_digest before every file; its origin. Ends with the test. */
export async function serveApache(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "countersign-apache-"));
  await chmod(directory, 0o755); // the workers are another user
  await mkdir(join(directory, "files"));
  await writeFile(join(directory, "files/orders"), "admitted");
  await writeFile(join(directory, "files/brief"), "admitted");
  const { username, realm, password } = user;
  const ha1 = createHash("md5").update(`${username}:${realm}:${password}`).digest("hex");
  await writeFile(join(directory, "users"), `${username}:${realm}:${ha1}\n`);
  const port = await freePort();
  await writeFile(join(directory, "apache.conf"), configuration(directory, port));
  const child = spawn(program, ["-D", "FOREGROUND", "-f", join(directory, "apache.conf")], {
    stdio: "ignore",
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", async () => {
      const log = await readFile(join(directory, "error.log"), "utf8").catch(() => "no log");
      reject(new Error(`Apache ended before it listened: ${log}`));
    });
  });
  ended.catch(() => {});
  onTestFinished(async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await gone;
    await rm(directory, { recursive: true, force: true });
  });
  await Promise.race([listening(port), ended]);
  return `http://127.0.0.1:${port}`;
}

function configuration(directory: string, port: number): string {
  const modules = [
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_digest",
  ];
  return `
ServerRoot "${directory}"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile "${directory}/pid"
ErrorLog "${directory}/error.log"
User www-data
Group www-data
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
DefaultRuntimeDir "${directory}"
DocumentRoot "${directory}/files"
<Location "/">
  AuthType Digest
  AuthName "${user.realm}"
  AuthDigestProvider file
  AuthUserFile "${directory}/users"
  Require valid-user
</Location>
<Location "/brief">
  AuthDigestNonceLifetime 1
</Location>
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
