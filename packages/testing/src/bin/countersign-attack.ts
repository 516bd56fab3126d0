#!/usr/bin/env node
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type AttackReport, attack, formatReport, sendOverHttp, toJUnit } from "../attack.ts";
import { type AttackArguments, readTarget, UsageError } from "./read-target.ts";

const usage = `Usage: countersign-attack URL --issuer ISS --audience AUD --key FILE [options]
       countersign-attack URL --callers FILE [options]

Sends hostile and good credentials to an endpoint of yours, in any language, and reports how it stood.

  URL                 what a GET with a good credential is let in to
  --issuer ISS        the iss of good tokens
  --audience AUD      the aud of good tokens
  --key FILE          the private key that signs them, as JWK or PEM; a secret with --alg HS256
  --kid KID           the kid of good tokens; default: the JWK's
  --alg ALG           default: the JWK's, or as the key's type has it
  --claims JSON       claims that good tokens need besides
  --header JSON       header members that good tokens need; default: {"typ":"at+jwt"}
  --bound URL         takes tokens that are bound by DPoP, for the cases about these
  --callers FILE      who is let in without a token, as JSON, each with a "url" if it is another:
                      { "basic": { "username", "password" }, "digest": { "username", "password" },
                        "apiKey": { "key", "header", "query" },
                        "oauth1": { "consumerKey", "consumerSecret", "signatureMethod" } }
  --groups A,B        only these groups of cases
  --time-limit MS     what an answer may take; default: 5000
  --junit FILE        writes JUnit XML
  --json              prints the whole report as JSON

Exits with 0 when nothing was found, 1 when something was, 2 when it could not be run.`;

async function main(): Promise<number> {
  const values = readArguments();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const target = await readTarget(values);
  const limit = values["time-limit"];
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit)) {
    throw new UsageError("--time-limit must be a number of milliseconds.");
  }
  let done = 0;
  const report = await attack((request) => fetch(request), target, {
    sendRaw: sendOverHttp,
    ...(limit !== undefined && { timeLimit: Number(limit) }),
    ...(values.groups !== undefined && { groups: values.groups.split(",") }),
    onCase({ id, outcome, grade, found }) {
      done += 1;
      if (outcome === "finding") console.error(`${grade}: ${id}: ${found}`);
      else if (done % 50 === 0) console.error(`${done} cases so far`);
    },
  });
  if (values.junit !== undefined) await writeFile(values.junit, toJUnit(report));
  console.log(values.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
  return toExitCode(report);
}

/** Nothing found where nothing was run is no good news. */
function toExitCode({ summary }: AttackReport): number {
  if (summary.findings > 0) return 1;
  return summary.passed === 0 ? 2 : 0;
}

function readArguments(): AttackArguments {
  const text = { type: "string" } as const;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        ...{ issuer: text, audience: text, key: text, kid: text, alg: text, claims: text },
        ...{ header: text, bound: text, callers: text, groups: text, junit: text },
        "time-limit": text,
        ...{ json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
      },
    });
    return { ...values, urls: positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof UsageError || (error as Error).name === "ConfigurationError";
  console.error(isExpected ? `countersign-attack: ${(error as Error).message}` : error);
  process.exitCode = 2;
}
