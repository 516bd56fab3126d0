import { createHmac, createSecretKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import { createJwtVerifier, type JwtVerifierOptions } from "@countersign/core";
import { JwtVerifier } from "aws-jwt-verify";
import { createVerifier, type Algorithm as FastAlgorithm } from "fast-jwt";
import { type CryptoKey, importJWK, jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import type { Contestant } from "../race.ts";
import { type Algorithm, audience, issuer, type Minter, withParameters } from "../tokens.ts";

/** Makes what verifies one token of a minter; what it throws or rejects with is a refusal. */
export type Verify = (token: string) => unknown;

/** A library, and how its own documentation says to verify a JWT access token with it. */
export interface Library {
  readonly name: string;
  /** `undefined`: it does not know the algorithm. */
  toVerify(minter: Minter): Verify | undefined | Promise<Verify>;
}

/** The signature alone, everything else prepared: what no verification can be faster than. */
export const raw: Library = {
  name: "raw node:crypto",
  toVerify({ algorithm, key }) {
    const check = toCheck(algorithm, key);
    return (token) => {
      const dot = token.lastIndexOf(".");
      const signature = Buffer.from(token.slice(dot + 1), "base64url");
      if (!check(Buffer.from(token.slice(0, dot)), signature)) throw new Error("does not hold");
    };
  },
};

function toCheck(algorithm: Algorithm, key: KeyObject | Buffer) {
  if (Buffer.isBuffer(key)) {
    // Seven times as fast as the bytes themselves.
    const secret = createSecretKey(key);
    return (input: Buffer, signature: Buffer) =>
      timingSafeEqual(createHmac("sha256", secret).update(input).digest(), signature);
  }
  const digest = algorithm === "EdDSA" ? null : "sha256";
  const parameters = withParameters(algorithm, key);
  return (input: Buffer, signature: Buffer) => verify(digest, input, parameters, signature);
}

type Create = (options: JwtVerifierOptions) => { verify(token: string): Promise<unknown> };

/** Ours, from wherever `createJwtVerifier` comes, with whatever else its options say. */
export function countersign(
  name: string,
  create: Create = createJwtVerifier,
  more: object = {},
): Library {
  return {
    name,
    toVerify({ algorithm, key, jwks }) {
      const keys = Buffer.isBuffer(key)
        ? { secret: key }
        : { jwks, algorithms: [algorithm] as const };
      const verifier = create({ issuer, audience, ...keys, ...more } as JwtVerifierOptions);
      return (token) => verifier.verify(token);
    },
  };
}

const jose: Library = {
  name: "jose",
  async toVerify({ algorithm, key, jwks }) {
    const imported: CryptoKey | Uint8Array = Buffer.isBuffer(key)
      ? key
      : await importJWK(jwks.keys[0] ?? {}, algorithm);
    return (token) => jwtVerify(token, imported, { issuer, audience, algorithms: [algorithm] });
  },
};

export function fastJwt(name: string, cache: boolean | number): Library {
  return {
    name,
    toVerify({ algorithm, pem }) {
      return createVerifier({
        key: pem,
        algorithms: [algorithm as FastAlgorithm],
        allowedIss: issuer,
        allowedAud: audience,
        cache,
      });
    },
  };
}

const jsonwebtokenLibrary: Library = {
  name: "jsonwebtoken",
  toVerify({ algorithm, key }) {
    if (algorithm === "EdDSA") return undefined;
    const object: KeyObject = Buffer.isBuffer(key) ? createSecretKey(key) : key;
    return (token) =>
      jsonwebtoken.verify(token, object, { issuer, audience, algorithms: [algorithm] });
  },
};

const awsJwtVerify: Library = {
  name: "aws-jwt-verify",
  toVerify({ algorithm, jwks }) {
    if (algorithm === "HS256" || algorithm === "PS256") return undefined;
    const jwksUri = `${issuer}/jwks`;
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri });
    verifier.cacheJwks(structuredClone(jwks) as never);
    return (token) => verifier.verifySync(token);
  },
};

/** Everyone whom a new token is shown to. */
export const peers: readonly Library[] = [
  jose,
  fastJwt("fast-jwt", false),
  jsonwebtokenLibrary,
  awsJwtVerify,
];

/** A library in a race over tokens; one that does not know their algorithm does not start. */
export async function toContestants(
  libraries: readonly Library[],
  minter: Minter,
  tokens: readonly string[],
  /** Done before the clock starts, with the verification that is measured. */
  before: (verify: Verify) => unknown = () => {},
): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const { name, toVerify } of libraries) {
    if ((await toVerify(minter)) === undefined) continue;
    contestants.push({
      name,
      async prepare() {
        const verify = (await toVerify(minter)) as Verify;
        // Keys are imported before the clock starts.
        await verify(minter.mint());
        await before(verify);
        return (at) => verify(tokens[at % tokens.length] ?? "");
      },
    });
  }
  return contestants;
}
