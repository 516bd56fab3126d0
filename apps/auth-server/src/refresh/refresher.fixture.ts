import { refreshToken } from "@countersign/client";
import { fileLock, fileTokenStore } from "@countersign/client/node";

/** One of many processes that share a login: in each round its token has expired, and it wants another. */
const [issuer = "", directory = "", token = ""] = process.argv.slice(2);
let round = 0;

const source = refreshToken({
  issuer,
  clientId: "app",
  refreshToken: token,
  storage: { store: fileTokenStore(directory), lock: fileLock(directory), key: "login" },
  clock: { now: () => Date.now() + round * 86_400_000 },
  fetch(input, init) {
    const headers = new Headers(init?.headers);
    headers.set("x-refresher", String(process.pid));
    return fetch(input, { ...init, headers });
  },
});

process.on("message", async (next: number) => {
  round = next;
  try {
    const { value } = await source.token();
    process.send?.({ round, token: value.reveal() });
  } catch (error) {
    process.send?.({ round, error: String(error) });
  }
});
