import { beforeEach } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { formatAuthParams } from "../wire/auth-params.ts";
import {
  type DigestAlgorithm,
  type DigestQop,
  digestHa1,
  digestHashOf,
  digestResponse,
} from "../wire/digest.ts";
import { type DigestOptions, digest } from "./digest.ts";

export const realm = "orders";
export const password = "Circle of Life";
export const clock = { time: 0, now: () => clock.time };
beforeEach(() => {
  clock.time = 1_700_000_000_000;
});

const names = ["ada", "J\u00e4s\u00f8n Doe"];
export const users = {
  async find(username: string, asked: string) {
    if (!names.includes(username) || asked !== realm) return undefined;
    const user = { username, realm, password };
    const [sha256, sha512, md5] = await Promise.all(
      (["SHA-256", "SHA-512-256", "MD5"] as const).map((hash) => digestHa1(hash, user)),
    );
    const ha1 = { "SHA-256": sha256 ?? "", "SHA-512-256": sha512 ?? "", MD5: md5 ?? "" };
    return { subject: username, ha1, roles: ["reader"] };
  },
};

export function guardWith(options: Partial<DigestOptions> = {}) {
  const replays = createMemoryReplays({ clock });
  return createGuard({ realm, clock, schemes: [digest({ users, replays, ...options })] });
}
export type AnyGuard = ReturnType<typeof guardWith>;

/** The challenges of a 401, parameters by name. */
export async function challenged(guard: AnyGuard, request = makeRequest()) {
  const verdict = await guard.check(request);
  if (verdict.kind !== "rejected") throw new Error(verdict.kind);
  return verdict.challenges.map(({ params }) => params);
}

export interface Signing {
  readonly username?: string;
  readonly password?: string;
  readonly realm?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly qop?: DigestQop;
  readonly method?: string;
  readonly uri?: string;
  readonly nonceCount?: string;
  readonly cnonce?: string;
  readonly body?: Uint8Array;
}

/** Digest credentials as a client makes them; tampering happens to what is sent. */
export async function sign(
  nonce: string,
  signing: Signing = {},
  tamper: Record<string, string | undefined> = {},
) {
  const { username = "ada", algorithm = "SHA-256", qop = "auth", uri = "/orders" } = signing;
  const { nonceCount = "00000001", cnonce = "c", method = "GET", body } = signing;
  const user = { username, realm: signing.realm ?? realm, password: signing.password ?? password };
  const ha1 = await digestHa1(digestHashOf(algorithm), user);
  const input = { algorithm, qop, ha1, method, uri, nonce, nonceCount, cnonce, body };
  const params = {
    username,
    realm: user.realm,
    nonce,
    uri,
    algorithm,
    qop,
    nc: nonceCount,
    cnonce,
    response: await digestResponse(input),
    ...tamper,
  };
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return `Digest ${formatAuthParams(given, ["algorithm", "qop", "nc", "username*", "userhash"])}`;
}

/** What a guard says to this Authorization field: `"accepted"` or the reason. */
export async function say(
  guard: AnyGuard,
  authorization: string,
  more: Parameters<typeof makeRequest>[0] = {},
) {
  const verdict = await guard.check(makeRequest({ ...more, headers: { authorization } }));
  return verdict.kind === "accepted" ? "accepted" : verdict.reason;
}

export async function nonceOf(guard: AnyGuard): Promise<string> {
  return (await challenged(guard))[0]?.nonce ?? "";
}
