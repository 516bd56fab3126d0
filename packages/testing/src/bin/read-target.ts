import { readFile } from "node:fs/promises";
import type { AttackTarget, KnownKey } from "../attack.ts";

/** What stood on the command line. */
export interface AttackArguments {
  readonly urls: readonly string[];
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly key?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly claims?: string | undefined;
  readonly header?: string | undefined;
  readonly bound?: string | undefined;
  readonly groups?: string | undefined;
  readonly "time-limit"?: string | undefined;
  readonly junit?: string | undefined;
  readonly json?: boolean | undefined;
  readonly help?: boolean | undefined;
}

/** What was wrong on the command line, in a line. */
export class UsageError extends Error {}

/** @throws UsageError that says what to write instead */
export async function readTarget(values: AttackArguments): Promise<AttackTarget> {
  const [url, ...more] = values.urls;
  const { issuer, audience, key, kid, alg, bound } = values;
  if (url === undefined || more.length > 0) throw new UsageError("Give one URL; see --help.");
  for (const each of [url, ...(bound === undefined ? [] : [bound])]) {
    if (!/^https?:\/\//.test(each) || !URL.canParse(each)) {
      throw new UsageError(`"${each}" is no http or https URL.`);
    }
  }
  if (issuer === undefined || audience === undefined || key === undefined) {
    throw new UsageError("--issuer, --audience and --key are needed; see --help.");
  }
  const claims = readMembers("--claims", values.claims);
  const header = readMembers("--header", values.header);
  const known: KnownKey = {
    ...{ url: issuer, audience, key: await readKey(key) },
    ...(kid !== undefined && { kid }),
    ...(alg !== undefined && { alg }),
  };
  return {
    ...{ url, issuer: known },
    ...(bound !== undefined && { doors: { bound } }),
    ...(claims && { claims }),
    ...(header && { header }),
  };
}

function readMembers(name: string, json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  const value = parse(json);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new UsageError(`${name} must be a JSON object.`);
}

async function readKey(path: string): Promise<KnownKey["key"]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const value = parse(text);
  const isJwk = typeof value === "object" && value !== null && "kty" in value;
  // A secret is what stands in the file, less the newline that editors add.
  return isJwk ? (value as KnownKey["key"]) : text.replace(/\r?\n$/, "");
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
