import { abortable } from "../../abortable.ts";
import { ClientError } from "../../client-error.ts";
import { loginFailed } from "./login-failed.ts";

/** How the waiting for a user goes. */
export interface DeviceProgress {
  /** Why there are no tokens yet: the user is not done, we ask too often, or nobody answers. */
  readonly state: "pending" | "slow_down" | "unreachable";
  /** Seconds until the server is asked again. */
  readonly interval: number;
}

/** What ends the waiting, and who is told about it. */
interface PollOptions {
  /** Seconds. */
  readonly interval: number;
  /** Milliseconds since the epoch. */
  readonly end: number;
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: DeviceProgress) => void) | undefined;
}

/** Asks until there is an answer (RFC 8628 §3.4 and §3.5). */
export async function poll<T>(ask: () => Promise<T>, options: PollOptions): Promise<T> {
  const { end, now, signal, onProgress } = options;
  for (let { interval } = options; ; ) {
    await wait(interval, signal);
    if (now() >= end) throw loginFailed("the code has expired. Begin again.", "expired_token");
    try {
      return await abortable(ask(), signal);
    } catch (error) {
      const state = stateOf(error);
      // By 5 s for good; and twice as long where nothing comes through.
      if (state === "slow_down") interval += 5;
      if (state === "unreachable") interval = Math.min(interval * 2, 60);
      onProgress?.({ state, interval });
    }
  }
}

/** @throws whatever ends the login */
function stateOf(error: unknown): DeviceProgress["state"] {
  if (!(error instanceof ClientError)) throw error;
  const { code, oauthError } = error;
  if (code === "token_endpoint_unreachable") return "unreachable";
  switch (oauthError) {
    case "authorization_pending":
      return "pending";
    case "slow_down":
      return "slow_down";
    case "access_denied":
      throw loginFailed("the user refused it.", oauthError);
    case "expired_token":
      throw loginFailed("the code has expired. Begin again.", oauthError);
    default:
      throw error;
  }
}

function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  return abortable(over, signal).finally(() => clearTimeout(timer));
}
