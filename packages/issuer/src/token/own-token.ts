import { revocationKey } from "@countersign/core";
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { toKeySet } from "../keys/key-set.ts";
import { outage, reach } from "../reach.ts";
import type { Settings } from "../settings.ts";

/** In characters; guards take none that is longer. */
const longestToken = 16_384;

/** What an access token of ours says. */
export interface OwnClaims extends JWTPayload {
  readonly iss: string;
  readonly sub: string;
  readonly jti: string;
  readonly exp: number;
  readonly client_id: string;
}

/** The claims of an access token that we signed and that has neither expired nor been revoked. */
export async function readOwnToken(
  settings: Settings,
  text: string,
): Promise<OwnClaims | undefined> {
  const claims = await verifyOwnToken(settings, text);
  return claims === undefined || (await isRevoked(settings, claims)) ? undefined : claims;
}

/** The same, revoked or not. */
export async function verifyOwnToken(
  settings: Settings,
  text: string,
): Promise<OwnClaims | undefined> {
  if (typeof text !== "string" || text.length > longestToken) return undefined;
  const set = await toKeySet(settings.keys);
  try {
    const { payload } = await jwtVerify(text, createLocalJWKSet(set), {
      issuer: settings.url,
      typ: "at+jwt",
      algorithms: set.keys.map(({ alg }) => alg),
      requiredClaims: ["sub", "jti", "exp", "client_id"],
      currentDate: new Date(settings.clock.now()),
    });
    return payload as OwnClaims;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw outage(error);
  }
}

async function isRevoked({ revocations }: Settings, claims: OwnClaims): Promise<boolean> {
  if (revocations === undefined) return false;
  const { iss: issuer, jti, sid } = claims;
  const keys = [await revocationKey({ issuer, jti })];
  if (typeof sid === "string") keys.push(await revocationKey({ issuer, sid }));
  // Anything but a plain no is none.
  return (await reach(() => revocations.isRevoked(keys))) !== false;
}
