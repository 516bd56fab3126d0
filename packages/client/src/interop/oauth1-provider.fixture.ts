import { spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const python = "/usr/bin/python3";

/** Whether this machine has Python with oauthlib, and with what its RSA needs. */
export const hasProvider =
  spawnSync(python, ["-c", "import oauthlib.oauth1, jwt, cryptography"]).status === 0;
export const howToGetProvider =
  "needs oauthlib: apt-get install -y python3-oauthlib python3-jwt python3-cryptography";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** What the provider knows of the one consumer. */
export const consumer = {
  consumerKey: "consumer & key",
  consumerSecret: "consumer secret %26",
  accessToken: "access-token-1",
  accessTokenSecret: "token&secret",
  privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
} as const;

/** The provider on a free port. It is the caller's to end. */
export async function serveProvider(): Promise<{ readonly origin: string; end(): void }> {
  const script = fileURLToPath(new URL("oauth1-provider.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const signatureMethods = ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"];
  const { privateKey, ...known } = consumer;
  child.stdin.end(`${JSON.stringify({ ...known, signatureMethods })}\n`);
  for await (const port of createInterface(child.stdout)) {
    return { origin: `http://127.0.0.1:${port}`, end: () => void child.kill() };
  }
  throw new Error("The provider ended before it listened.");
}
