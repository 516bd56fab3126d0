import { ConfigurationError, createApiKey } from "@countersign/core";

/** What an API or the auth server is told by its environment. */
export interface Settings {
  readonly port: number;
  /** Where callers reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** Addresses and blocks of the proxies whose `X-Forwarded-…` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** The issuer to trust; absent: one of its own. */
  readonly issuerUrl: string | undefined;
  readonly audience: string;
  /** An issuer that signs with a shared secret, trusted beside the other. */
  readonly shared: { readonly issuer: string; readonly secret: string } | undefined;
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  /** The consumer that signs its requests as OAuth 1.0a has it. */
  readonly consumer: { readonly key: string; readonly secret: string };
  readonly client: { readonly id: string; readonly secret: string };
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly databaseUrl: string;
  /** Where replays, throttles and revocations are shared; absent: they are in the database. */
  readonly redisUrl: string | undefined;
  /** What was given to encrypt signing keys under. */
  readonly encryptionKeys: readonly string[];
  /** What nobody gave and had to be made, to be printed once. */
  readonly made: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment, and makes up the secrets that it lacks.
 *
 * @param defaultDatabase where state is kept unless `DATABASE_URL` says otherwise
 * @throws ConfigurationError that says which variable to change
 */
export async function readSettings(
  env: Environment,
  defaultPort: number,
  defaultDatabase = "sqlite::memory:",
): Promise<Settings> {
  const made: Record<string, string> = {};
  const given = async (name: string, make: () => string | Promise<string>): Promise<string> => {
    const value = env[name];
    if (value) return value;
    made[name] = await make();
    return made[name];
  };

  const port = readPort(env.PORT, defaultPort);
  return {
    port,
    publicUrl: (env.PUBLIC_URL || `http://127.0.0.1:${port}`).replace(/\/$/, ""),
    trustedProxies: toList(env.TRUSTED_PROXIES),
    issuerUrl: env.ISSUER_URL || undefined,
    audience: env.AUDIENCE || "https://orders.example.test",
    shared: readShared(env),
    username: env.DEMO_USERNAME || "ada",
    password: await given("DEMO_PASSWORD", randomText),
    apiKey: await given("DEMO_API_KEY", async () => (await createApiKey("orders")).key),
    consumer: {
      key: await given("DEMO_OAUTH1_KEY", randomText),
      secret: await given("DEMO_OAUTH1_SECRET", randomText),
    },
    client: {
      id: env.DEMO_CLIENT_ID || "demo-client",
      secret: await given("DEMO_CLIENT_SECRET", randomText),
    },
    databaseUrl: env.DATABASE_URL || defaultDatabase,
    redisUrl: env.REDIS_URL || undefined,
    encryptionKeys: toList(env.KEY_ENCRYPTION_KEY),
    made,
  };
}

function toList(value = ""): readonly string[] {
  return value.split(/[\s,]+/).filter((each) => each !== "");
}

function readPort(value: string | undefined, fallback: number): number {
  const port = value ? Number(value) : fallback;
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConfigurationError(`PORT must be a number from 1 to 65535, and is "${value}".`);
}

function readShared({ JWT_SECRET, JWT_ISSUER }: Environment): Settings["shared"] {
  if (!JWT_SECRET && !JWT_ISSUER) return undefined;
  if (JWT_SECRET && JWT_ISSUER) return { issuer: JWT_ISSUER, secret: JWT_SECRET };
  throw new ConfigurationError("Set both JWT_SECRET and JWT_ISSUER, or neither.");
}

/** 192 random bits. */
function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
