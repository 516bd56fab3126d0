import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryDirectory } from "../../fixtures/temporary-directory.ts";
import { readNetrcFile } from "./netrc-file.ts";

const text = "machine api.example.com login ada password marked-secret\n";

async function write(mode: number, content = text): Promise<string> {
  const path = join(await temporaryDirectory(), ".netrc");
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

async function loginOf(promise: ReturnType<typeof readNetrcFile>) {
  const { username, password } = (await promise) ?? {};
  return [username, typeof password === "object" && password.reveal()];
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("reads a file that is its owner's alone", async () => {
  for (const mode of [0o600, 0o400]) {
    const login = readNetrcFile("api.example.com", await write(mode));
    expect(await loginOf(login)).toEqual(["ada", "marked-secret"]);
  }
  expect(await readNetrcFile("other.example.com", await write(0o600))).toBeUndefined();
});

test.each([0o644, 0o640, 0o620, 0o604])("refuses mode %o, and says what to do", async (mode) => {
  const path = await write(mode);
  const error = await readNetrcFile("api.example.com", path).catch((thrown) => thrown);
  expect(error.message).toContain(`chmod go-rwx ${path}`);
  expect(error.message).not.toContain("marked-secret");
});

test("takes the file that NETRC names, or the one of the home directory", async () => {
  const path = await write(0o600);
  vi.stubEnv("NETRC", path);
  expect(await loginOf(readNetrcFile("api.example.com"))).toEqual(["ada", "marked-secret"]);
  vi.stubEnv("NETRC", "");
  vi.stubEnv("HOME", join(path, ".."));
  expect(await loginOf(readNetrcFile("api.example.com"))).toEqual(["ada", "marked-secret"]);
});

test("no file is no login; what is no netrc file is an error that repeats nothing", async () => {
  const path = await write(0o600, "marked-secret");
  expect(await readNetrcFile("api.example.com", `${path}.none`)).toBeUndefined();
  const error = await readNetrcFile("api.example.com", path).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ConfigurationError" });
  expect(error.stack).not.toContain("marked-secret");
});
