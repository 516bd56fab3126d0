import type { TestIssuerOptions } from "../issuer/options.ts";
import {
  anyObject,
  everyMember,
  flag,
  listOf,
  members,
  shapeOf,
  someNumber,
  text,
  textOrTexts,
  texts,
  wholeNumber,
} from "./config-shape.ts";
import { readJson } from "./read-json.ts";

/** What a file says of an issuer. */
type IssuerConfig = Omit<TestIssuerOptions, "url" | "clock" | "login" | "exchange">;

/** The file: an issuer, and those below it. */
export interface Config extends IssuerConfig {
  /** By their names, which are the last part of their URLs. */
  readonly tenants?: Readonly<Record<string, IssuerConfig>>;
}

const algorithms = ["ES256", "RS256", "EdDSA"];
const issuerMembers = {
  audience: text,
  algorithm: shapeOf(algorithms.join(", "), (value) => algorithms.includes(value as string)),
  accessTokenLifetime: wholeNumber,
  dpopNonces: flag,
  device: members({ slowDown: wholeNumber, pending: wholeNumber, interval: someNumber }),
  clients: listOf(
    members(
      {
        id: text,
        secret: text,
        secretHash: text,
        jwks: anyObject,
        scopes: texts,
        audience: textOrTexts,
        redirectUris: texts,
      },
      ["id"],
    ),
  ),
  users: listOf(
    members({ subject: text, claims: anyObject, roles: texts, accessTokenClaims: anyObject }, [
      "subject",
    ]),
  ),
  trusts: listOf(members({ issuer: text, jwks: anyObject }, ["issuer", "jwks"])),
};
const config = members({ ...issuerMembers, tenants: everyMember(members(issuerMembers)) });

/**
 * Reads a config file.
 *
 * @throws ConfigurationError that says where it is wrong
 */
export async function readConfig(path: string): Promise<Config> {
  return (await readJson(path, config)) as Config;
}
