import { createDpopProof, parseChallenges, toSecret } from "@countersign/core/wire";
import type { DpopToken, TokenSource } from "../token/token-source.ts";
import type { Answer, Credential } from "./credential.ts";
import { onServerTime } from "./server-time.ts";

/**
 * An access token that is bound to a key, and in every request a proof that the key is here (DPoP, RFC
 * 9449 §7). The nonce that a server asks for is learnt from its answers, and so is its time; a request that
 * was refused for want of them, or with its token (401), is sent once more.
 *
 * @param source a source whose tokens are bound: their key comes with them
 * @example
 * dpop(clientCredentials({ issuer, clientId, clientSecret, dpop: dpopKeys() }));
 */
export function dpop(source: TokenSource<DpopToken>): Credential {
  /** The latest of each server (RFC 9449 §8.2). */
  const nonces = new Map<string, string>();
  return onServerTime({
    async attach({ method, url, replayable }, { signal, now }) {
      const token = await source.token({ signal, fresh: !replayable });
      const nonce = nonces.get(url.origin);
      const proof = await createDpopProof({
        key: token.key,
        method,
        url: url.href,
        token: token.value.reveal(),
        now: now(),
        ...(nonce !== undefined && { nonce }),
      });
      return {
        headers: {
          authorization: toSecret(`DPoP ${token.value.reveal()}`),
          dpop: toSecret(proof),
        },
        async answered(answer) {
          const next = answer.header("dpop-nonce");
          if (next !== undefined) nonces.set(url.origin, next);
          const error = proofError(answer);
          if (error === "use_dpop_nonce" && next !== undefined && next !== nonce) return "nonce";
          if (error !== undefined) return undefined;
          const better = await source.stepUp?.(answer, token, { signal });
          if (better !== undefined) return better ? "step-up" : undefined;
          if (answer.status !== 401) return undefined;
          source.invalidate(token);
          return "token";
        },
      };
    },
  });
}

/** Why the proof was refused, and the token not looked at (RFC 9449 §7.1, §9). */
function proofError(answer: Answer): string | undefined {
  if (answer.status !== 401) return undefined;
  const challenges = parseChallenges(answer.header("www-authenticate") ?? "") ?? [];
  const errors = challenges.map(({ params }) => params.error);
  return errors.find((error) => error === "use_dpop_nonce" || error === "invalid_dpop_proof");
}
