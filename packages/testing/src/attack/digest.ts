import {
  type DigestAlgorithm,
  digestHa1,
  digestHashOf,
  digestResponse,
} from "@countersign/core/wire";
import { get } from "../adapter-contract/case.ts";
import { type AttackCase, type GroupedCase, once } from "./case.ts";
import { type AttackKit, secrets } from "./kit.ts";

/** What is other than in a good answer to the challenge. */
interface Signing {
  readonly nonce?: string;
  readonly uri?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly nonceCount?: string;
  readonly password?: string;
  readonly method?: string;
  /** Parameters that are sent otherwise than they were signed. */
  readonly sent?: Readonly<Record<string, string>>;
}

async function credentials(kit: AttackKit, signing: Signing): Promise<string> {
  const { algorithm = "SHA-256", uri = "/digest", method = "GET", sent } = signing;
  const { nonceCount = "00000001", password = secrets.password } = signing;
  const { challenges } = await kit.refusalAt("/digest");
  const nonce = signing.nonce ?? challenges[0]?.params.nonce ?? "";
  const user = { username: "ada", realm: "attack", password };
  const ha1 = await digestHa1(digestHashOf(algorithm), user);
  const [qop, cnonce] = ["auth", crypto.randomUUID()] as const;
  const input = { algorithm, qop, ha1, method, uri, nonce, nonceCount, cnonce };
  const response = await digestResponse(input);
  const { username, realm } = user;
  const params = { username, realm, nonce, uri, cnonce, response, algorithm, qop, ...sent };
  const fields = Object.entries(params).map(([name, value]) =>
    ["algorithm", "qop"].includes(name) ? `${name}=${value}` : `${name}="${value}"`,
  );
  return `Digest ${fields.join(", ")}, nc=${nonceCount}`;
}

const signed =
  (signing: Signing = {}, path = "/digest"): AttackCase<AttackKit>["request"] =>
  async (kit) =>
    get(path, [["authorization", await credentials(kit, signing)]]);

const wrong = { status: 401, reason: "digest_invalid" };
const wrongUri = { status: 401, reason: "digest_uri_mismatch" };
const notOffered = { status: 401, reason: "digest_not_offered" };
const stale = { status: 401, reason: "digest_nonce_stale", challenge: "stale=true" };
const replayed = once(signed({ nonceCount: "00000003" }));

/** The last of them turns the clock. */
export const digestCases: readonly GroupedCase<AttackKit>[] = [
  { id: "good-digest", expect: { subject: "ada" }, request: signed() },
  {
    id: "digest-wrong-password",
    expect: wrong,
    request: signed({ password: "circle", nonceCount: "00000002" }),
  },
  { id: "good-digest-next-count", expect: { subject: "ada" }, request: replayed },
  {
    id: "digest-count-replayed",
    expect: { status: 401, reason: "request_replayed" },
    request: replayed,
  },
  {
    id: "digest-count-changed",
    expect: wrong,
    request: async (kit) => {
      const { headers = [], ...rest } = await signed({ nonceCount: "00000004" })(kit);
      const changed = headers.map(
        ([name, value]) => [name, value.replace("nc=00000004", "nc=00000005")] as const,
      );
      return { ...rest, headers: changed };
    },
  },
  { id: "digest-other-uri", expect: wrongUri, request: signed({ uri: "/keys" }) },
  { id: "digest-other-query", expect: wrongUri, request: signed({}, "/digest?admin=1") },
  {
    id: "digest-uri-not-signed",
    expect: wrong,
    request: signed({ uri: "/x", sent: { uri: "/digest" } }),
  },
  { id: "digest-other-method", expect: wrong, request: signed({ method: "POST" }) },
  { id: "digest-downgraded", expect: notOffered, request: signed({ algorithm: "MD5" }) },
  {
    id: "digest-downgraded-name",
    expect: notOffered,
    request: signed({ sent: { algorithm: "MD5" } }),
  },
  { id: "digest-nonce-made-up", expect: stale, request: signed({ nonce: "made-up" }) },
  {
    id: "digest-nonce-made-up-and-wrong-password",
    expect: wrong,
    request: signed({ nonce: "made-up", password: "circle" }),
  },
  {
    id: "digest-nonce-expired",
    expect: stale,
    request: async (kit) => {
      const request = await signed({ nonceCount: "00000006" })(kit);
      kit.issuer.clock.advance("301s");
      return request;
    },
  },
];
