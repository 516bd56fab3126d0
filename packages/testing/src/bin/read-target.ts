import { readFile } from "node:fs/promises";
import type { AttackTarget, Callers, KnownKey } from "../attack.ts";
import { members, shapeOf, text } from "./config-shape.ts";
import { readJson } from "./read-json.ts";

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
  readonly callers?: string | undefined;
  readonly groups?: string | undefined;
  readonly "time-limit"?: string | undefined;
  readonly junit?: string | undefined;
  readonly json?: boolean | undefined;
  readonly help?: boolean | undefined;
}

/** What was wrong on the command line, in a line. */
export class UsageError extends Error {}

const isUrl = (value: unknown) =>
  typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
const httpUrl = shapeOf("an http or https URL", isUrl);
const user = members({ url: httpUrl, username: text, password: text }, ["username", "password"]);
const consumer = { url: httpUrl, consumerKey: text, consumerSecret: text };
const methods = ["HMAC-SHA1", "HMAC-SHA256"];
const signatureMethod = shapeOf(methods.join(" or "), (value) => methods.includes(value as string));
const callersShape = members({
  ...{ basic: user, digest: user },
  apiKey: members({ url: httpUrl, key: text, header: text, query: text }, ["key"]),
  oauth1: members({ ...consumer, signatureMethod }, ["consumerKey", "consumerSecret"]),
});

/** @throws UsageError or ConfigurationError that says what to write instead */
export async function readTarget(values: AttackArguments): Promise<AttackTarget> {
  const [url, ...more] = values.urls;
  const { bound } = values;
  if (url === undefined || more.length > 0) throw new UsageError("Give one URL; see --help.");
  const noUrl = [url, bound].find((each) => each !== undefined && !isUrl(each));
  if (noUrl !== undefined) throw new UsageError(`"${noUrl}" is no http or https URL.`);
  const claims = readMembers("--claims", values.claims);
  const header = readMembers("--header", values.header);
  const issuer = await readIssuer(values);
  const callers =
    values.callers === undefined
      ? undefined
      : ((await readJson(values.callers, callersShape)) as Callers);
  return {
    url,
    ...(issuer && { issuer }),
    ...(callers && { callers }),
    ...(bound !== undefined && { doors: { bound } }),
    ...(claims && { claims }),
    ...(header && { header }),
  };
}

/** Absent where there are callers by other schemes and nothing about tokens was said. */
async function readIssuer(values: AttackArguments): Promise<KnownKey | undefined> {
  const { issuer, audience, key, kid, alg, callers } = values;
  const isSilent = [issuer, audience, key, kid, alg].every((each) => each === undefined);
  if (callers !== undefined && isSilent) return undefined;
  if (issuer === undefined || audience === undefined || key === undefined) {
    throw new UsageError("--issuer, --audience and --key are needed, or --callers; see --help.");
  }
  return {
    ...{ url: issuer, audience, key: await readKey(key) },
    ...(kid !== undefined && { kid }),
    ...(alg !== undefined && { alg }),
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
