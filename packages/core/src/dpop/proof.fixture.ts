/** Proofs of any shape, and a guard with a request to try them on. */
import { viewWebRequest } from "../adapter/web-request.ts";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Requirement } from "../guard/requirement.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { jwt } from "../token/jwt.ts";
import {
  audience,
  clock,
  issuer,
  makeKey,
  now,
  type SigningKey,
  sign,
  signRaw,
} from "../token/signing.fixture.ts";
import { jwkThumbprint, type PublicJwk } from "../wire/jwk-thumbprint.ts";
import { sha256 } from "../wire/sha256.ts";
import { type DpopOptions, dpop } from "./dpop.ts";

export const issuerKey = await makeKey("ES256", "k1");
export const clientKey = await makeKey("ES256");
const url = "https://api.example.com/orders";

/** A good token, bound to a key. */
export async function boundToken(key: SigningKey = clientKey, claims: object = {}) {
  const jkt = await jwkThumbprint(key.jwk as PublicJwk);
  return sign(issuerKey, { cnf: { jkt }, ...claims });
}

/** A good token, bound to {@link clientKey}. */
export const token = await boundToken();

/** What a good proof of `GET /orders` with this token says. */
export async function goodProof(token: string, key: SigningKey = clientKey) {
  return {
    header: { typ: "dpop+jwt", alg: key.alg as string, jwk: key.jwk as object },
    claims: {
      jti: crypto.randomUUID(),
      htm: "GET",
      htu: url,
      iat: now,
      ath: await sha256(token),
    },
  };
}

/** What is other than in a good proof; `undefined` leaves a member out. */
export interface ProofChanges {
  readonly key?: SigningKey;
  readonly header?: object;
  readonly claims?: object;
}

/** A good proof, apart from what is asked for. */
export async function makeProof(token: string, changes: ProofChanges = {}): Promise<string> {
  const { key = clientKey } = changes;
  const { header, claims } = await goodProof(token, key);
  return signRaw(key, { ...header, ...changes.header }, { ...claims, ...changes.claims });
}

/** A guard of bound and unbound tokens, with a memory of its own. */
export function guardOf(
  options: Partial<DpopOptions> = {},
  time: { now(): number } = clock,
): Guard<Principal> {
  const replays = createMemoryReplays({ clock: time });
  return createGuard({
    realm: "orders",
    publicUrl: "https://api.example.com",
    clock: time,
    schemes: [
      jwt({
        issuer,
        audience,
        jwks: { keys: [issuerKey.jwk] },
        dpop: dpop({ replays, algorithms: ["ES256", "PS256"], ...options }),
      }),
    ],
  });
}

/** A request that presents a token, with any number of DPoP fields. */
export function requestOf(
  guard: Guard<Principal | undefined>,
  token: string,
  proofs: string | readonly string[] = [],
  { scheme = "DPoP", method = "GET", path = "/orders" } = {},
): AuthRequest {
  const headers = new Headers({ authorization: `${scheme} ${token}` });
  for (const proof of [proofs].flat()) headers.append("dpop", proof);
  const request = new Request(`https://api.example.com${path}`, { method, headers });
  return viewWebRequest(request, guard.policy, { secure: true });
}

/** What becomes of a request: 200, or the status, the reason and the whole WWW-Authenticate. */
export async function outcomeOf(
  guard: Guard<Principal | undefined>,
  request: AuthRequest,
  requirement?: Requirement,
): Promise<{ status: number; reason?: string; challenge?: string; nonce?: string }> {
  const verdict = await guard.check(request, requirement);
  const isRefusal = verdict.kind !== "accepted";
  const answer = isRefusal ? toAnswer(verdict) : undefined;
  const fields = new Map(answer?.headers ?? (isRefusal ? [] : verdict.headers));
  const challenge = fields.get("www-authenticate");
  const nonce = fields.get("dpop-nonce");
  return {
    status: answer?.status ?? 200,
    ...(isRefusal && { reason: verdict.reason }),
    ...(challenge !== undefined && { challenge }),
    ...(nonce !== undefined && { nonce }),
  };
}

/** What becomes of one attempt, made between two good ones that must be let in. */
export async function amongGood(
  proofs: string | readonly string[],
  options?: Parameters<typeof requestOf>[3],
  presented = token,
) {
  const guard = guardOf();
  const requireGood = async () => {
    const { status, reason } = await outcomeOf(
      guard,
      requestOf(guard, token, await makeProof(token)),
    );
    if (status !== 200) throw new Error(`A good proof was refused: ${reason}`);
  };
  await requireGood();
  const outcome = await outcomeOf(guard, requestOf(guard, presented, proofs, options));
  await requireGood();
  return outcome;
}

/** A 401 whose DPoP challenge names this error, and the Bearer one none. */
export function refusedProof(reason: string, description: string, error = "invalid_dpop_proof") {
  const challenge = `DPoP realm="orders", algs="ES256 PS256", error="${error}", error_description="${description}", Bearer realm="orders"`;
  return { status: 401, reason, challenge };
}

export const malformed = refusedProof(
  "dpop_proof_malformed",
  "The DPoP proof is malformed, or there is more than one",
);
