import { createIssuer, createKeyRing, IssuerError } from "@countersign/issuer";
import { openDatabase } from "@countersign/sql";

/** What a test asks of an issuer in a process of its own. */
export interface Question {
  readonly id: number;
  readonly task: "open" | "login" | "refresh" | "rotateKeys" | "jwks";
  /** The database to open, the subject to log in, or the refresh token to use. */
  readonly text?: string;
}

/** Its result, or the code of the error that it ended with. */
export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export const url = "https://id.example.com";
export const audience = "https://api.example.com";

/** The same for every process, as it would be by the environment. */
const encryptionKey = new Uint8Array(32).fill(7);

type Tasks = Record<Question["task"], (text: string) => Promise<unknown>>;

/** @param notice seconds for which a new key is published before it signs */
async function open(databaseUrl: string, notice: number): Promise<Tasks> {
  const database = await openDatabase(databaseUrl, { timeout: 5 });
  const store = database.signingKeys;
  const keys = createKeyRing({ store, encryptionKey, notice, retention: 3600 });
  const issuer = createIssuer({
    url,
    audience,
    keys,
    store: database.refreshTokens,
    accessTokenLifetime: 3000,
    replayWindow: 30,
  });
  return {
    open: async () => {},
    login: (subject) => issuer.issue({ subject, refreshable: true }),
    refresh: (token) => issuer.refresh(token),
    rotateKeys: () => keys.rotate(),
    jwks: () => issuer.jwks(),
  };
}

/** Answers what it is asked until it is killed. */
function serve(notice: number): void {
  let tasks: Promise<Tasks>;
  process.on("message", async ({ id, task, text = "" }: Question) => {
    if (task === "open") tasks = open(text, notice);
    try {
      process.send?.({ id, result: await (await tasks)[task](text) } satisfies Reply);
    } catch (error) {
      const code = error instanceof IssuerError ? error.error : String(error);
      process.send?.({ id, error: code } satisfies Reply);
    }
  });
  process.on("disconnect", () => process.exit());
}

const [, , notice] = process.argv;
if (process.send && notice !== undefined) serve(Number(notice));
