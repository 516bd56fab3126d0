import { readFile } from "node:fs/promises";
import { ConfigurationError } from "@countersign/core/wire";
import type { Shape } from "./config-shape.ts";

/**
 * Reads a JSON file of a shape.
 *
 * @throws ConfigurationError that says where it is wrong
 */
export async function readJson(path: string, shape: Shape): Promise<unknown> {
  const value = parse(path, await read(path));
  shape(value, path);
  return value;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code;
    throw new ConfigurationError(`${path} cannot be read: ${why}.`);
  }
}

function parse(path: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // Without what stands there: it may be a secret.
    const [place = ""] = /at position \d+.*|end of JSON input/.exec(String(error)) ?? [];
    throw new ConfigurationError(`${path} is no JSON: it goes wrong ${place || "at its start"}.`);
  }
}
