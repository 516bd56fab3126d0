import { createHmac } from "node:crypto";
import { encodeBase64Url } from "@countersign/core/wire";
import { compactVerify, createLocalJWKSet, importJWK, type JWK } from "jose";
import type { AttackIssuer } from "./attack-issuer.ts";
import { rightly } from "./forge.ts";
import { keys, publishedKeys, toSigningKey } from "./keys.ts";

type Members = Record<string, unknown>;
/** A token taken to pieces, none of them checked. */
interface Pieces {
  readonly header: Members;
  readonly claims: Members;
  readonly text: string;
}

/** A careless server's way with a request: what a careful one is shown in its stead. */
export type Flaw = (request: Request, issuer: AttackIssuer) => Promise<Request | undefined>;

export const now = () => Math.floor(Date.now() / 1000);
const published = createLocalJWKSet({ keys: publishedKeys.filter(({ kty }) => kty !== "oct") });
const isSigned = (token: string) =>
  compactVerify(token, published).then(
    () => true,
    () => false,
  );

export const tokenOf = (request: Request) =>
  request.headers.get("authorization")?.split(" ")[1] ?? "";
const segmentsOf = (token: string) => token.split(".") as [string, string, string];

export function piecesOf(token: string): Pieces | undefined {
  try {
    const [header, claims, ...rest] = token
      .split(".", 4)
      .map((part) => Buffer.from(part, "base64url").toString());
    if (rest.length !== 1 || !header || !claims) return undefined;
    const pieces = { header: JSON.parse(header), claims: JSON.parse(claims), text: claims };
    const isWhole = [pieces.header, pieces.claims].every(
      (each) => typeof each === "object" && each,
    );
    return isWhole ? pieces : undefined;
  } catch {
    return undefined;
  }
}

function sign(header: Members, claims: Members, name: "es" | "client" = "es"): string {
  const utf8 = new TextEncoder();
  const toSegment = (part: Members) => encodeBase64Url(utf8.encode(JSON.stringify(part)));
  const input = `${toSegment(header)}.${toSegment(claims)}`;
  return `${input}.${encodeBase64Url(rightly(input, toSigningKey(name)))}`;
}

const asGood = { alg: "ES256", kid: "es", typ: "at+jwt" };

function withHeader(request: Request, name: string, value: string): Request {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return new Request(request, { headers });
}

const withToken = (request: Request, token: string) => {
  const [scheme] = request.headers.get("authorization")?.split(" ") ?? [];
  return withHeader(request, "authorization", `${scheme} ${token}`);
};

/** A check of what the issuer did sign, left out: what fails it is put right, and signed anew. */
export const overlooking =
  (repair: (pieces: Pieces, issuer: AttackIssuer) => Partial<Pieces> | undefined): Flaw =>
  async (request, issuer) => {
    const pieces = piecesOf(tokenOf(request));
    const repaired = pieces && repair(pieces, issuer);
    if (!repaired || !(await isSigned(signedAlike(tokenOf(request))))) return undefined;
    const { header = pieces.header, claims = pieces.claims } = repaired;
    return withToken(request, sign({ ...header, ...asGood }, claims));
  };

/** Jose itself looks at `crit`, so its signature alone is checked of such a token. */
function signedAlike(token: string): string {
  const { header, claims } = piecesOf(token) ?? {};
  return header && "crit" in header && claims ? sign(asGood, claims) : token;
}

/** A check of the signature, left out or done with a key of the caller's choice. */
export const believing =
  (holds: (pieces: Pieces, token: string) => boolean | Promise<boolean>): Flaw =>
  async (request) => {
    const token = tokenOf(request);
    const pieces = piecesOf(token);
    if (!pieces || !(await holds(pieces, token))) return undefined;
    return withToken(request, sign(asGood, pieces.claims));
  };

export const verifiedBy = async (token: string, jwk: unknown): Promise<boolean> => {
  try {
    await compactVerify(token, await importJWK(jwk as JWK, "ES256"));
    return true;
  } catch {
    return false;
  }
};

/** Whether it is an HMAC by what everybody knows. */
export function isSignedByPublicPem(token: string, { header }: Pieces): boolean {
  if (header.alg !== "HS256") return false;
  const [head, payload, signature] = segmentsOf(token);
  const pem = keys.rsa.publicKey.export({ format: "pem", type: "spki" });
  const expected = createHmac("sha256", pem).update(`${head}.${payload}`).digest("base64url");
  return signature === expected;
}

/** A check of a DPoP proof, left out. */
export const overlookingInProof =
  (repair: (claims: Members, request: Request) => Members | undefined): Flaw =>
  async (request) => {
    const { header, claims } = piecesOf(request.headers.get("dpop") ?? "") ?? {};
    const repaired = claims && repair(claims, request);
    if (!header || !repaired) return undefined;
    return withHeader(request, "dpop", sign(header, { ...claims, ...repaired }, "client"));
  };

/** What is no canonical base64url in the signature is made so. */
export const readingLaxly: Flaw = async (request) => {
  const [, token = ""] = /^Bearer (.*)$/s.exec(request.headers.get("authorization") ?? "") ?? [];
  const [header, payload, signature = "", ...rest] = token.split(".");
  if (rest.length > 0 || !signature) return undefined;
  const canonical = Buffer.from(signature, "base64").toString("base64url");
  if (canonical === signature) return undefined;
  return withHeader(request, "authorization", `Bearer ${header}.${payload}.${canonical}`);
};

/** A token that is bound to a key is taken without a proof. */
export const ignoringBinding: Flaw = async (request) => {
  const { claims } = piecesOf(tokenOf(request)) ?? {};
  const { authorization = "" } = Object.fromEntries(request.headers);
  if (!claims?.cnf || !authorization.startsWith("Bearer")) return undefined;
  if (!(await isSigned(tokenOf(request)))) return undefined;
  const { cnf: _cnf, ...rest } = claims;
  const url = request.url.replace("/bound", "/tokens");
  return new Request(url, withToken(request, sign(asGood, rest)));
};

/** Asks the issuer whenever a key is not known, however often. */
export const fetchingForEachKid: Flaw = async (request, { jwksUrl }) => {
  const { header } = piecesOf(tokenOf(request)) ?? {};
  if (header && !publishedKeys.some(({ kid }) => kid === header.kid)) {
    await (await fetch(jwksUrl)).text();
  }
  return undefined;
};

/** Follows `jku` to wherever it leads. */
export const followingJku: Flaw = async (request) => {
  const token = tokenOf(request);
  const { header, claims } = piecesOf(token) ?? {};
  if (!claims || typeof header?.jku !== "string" || !header.jku.includes("127.0.0.1")) {
    return undefined;
  }
  const { keys: found } = (await (await fetch(header.jku)).json()) as { keys: JWK[] };
  return (await verifiedBy(token, found[0])) ? withToken(request, sign(asGood, claims)) : undefined;
};
