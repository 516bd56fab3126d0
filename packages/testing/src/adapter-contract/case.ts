import type { MintOptions } from "../issuer/mint.ts";
import type { RawAnswer, RawRequest } from "./exchange.ts";
import type { ContractKit } from "./kit.ts";

/** One request and the exact answer to it. */
export interface ContractCase {
  readonly name: string;
  request(kit: ContractKit): RawRequest | Promise<RawRequest>;
  readonly answer: Pick<RawAnswer, "status" | "body"> & {
    /**
     * The header fields that the guard answers for, by a pattern where their value varies; any of them
     * that is not listed must be absent.
     */
    readonly headers: Readonly<Record<string, string | RegExp>>;
  };
}

/** The header fields that the guard answers for. */
export const guardedHeaders = [
  "cache-control",
  "retry-after",
  "www-authenticate",
  "dpop-nonce",
] as const;

export type Headers = readonly (readonly [string, string])[];
export const bearer = (token: string): Headers => [["authorization", `Bearer ${token}`]];
export const get = (path: string, headers: Headers = []): RawRequest => ({ path, headers });
export const minted =
  (path: string, options?: MintOptions) =>
  async ({ issuer }: Pick<ContractKit, "issuer">) =>
    get(path, bearer(await issuer.mint(options)));

export const plainBearer = 'Bearer realm="contract"';
export const others = 'ApiKey realm="contract", Basic realm="contract", charset="UTF-8"';
export const everyChallenge = `${plainBearer}, ${others}`;
export const ofError = (error: string, description: string) =>
  `Bearer realm="contract", error="${error}", error_description="${description}"`;

export const allowed = (principal: object): ContractCase["answer"] => ({
  status: 200,
  headers: {},
  body: JSON.stringify(principal),
});

export const refused = (
  [status, title]: readonly [number, string],
  problem: { detail: string; error?: string; reason: string; scope?: string },
  challenge?: string,
): ContractCase["answer"] => ({
  status,
  headers: {
    "cache-control": "no-store",
    ...(challenge !== undefined && { "www-authenticate": challenge }),
  },
  body: JSON.stringify({ type: "about:blank", title, status, ...problem }),
});

export const badRequest = [400, "Bad Request"] as const;
export const unauthorized = [401, "Unauthorized"] as const;
export const forbidden = [403, "Forbidden"] as const;
export const tooLarge = [413, "Content Too Large"] as const;

export const noCredential = refused(
  unauthorized,
  { detail: "This resource needs a credential", reason: "credential_missing" },
  everyChallenge,
);
export const ada = { scheme: "basic", subject: "ada", scopes: [], roles: [] };
export const partner = { scheme: "api-key", subject: "partner", scopes: [], roles: ["reader"] };
export const user = { scheme: "jwt", subject: "test-user", scopes: [], roles: [] };
