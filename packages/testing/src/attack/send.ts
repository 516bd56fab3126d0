import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { RawAnswer } from "../adapter-contract/exchange.ts";
import { NotRun } from "./context.ts";

/** A request in full: a header may occur twice, and hold any byte. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** How requests get to the endpoint: `fetch`, or an application's own handler. */
export type Send = (request: Request) => Response | Promise<Response>;

/** Sends what a `Request` cannot carry. */
export type SendRaw = (call: Call, signal: AbortSignal) => Promise<RawAnswer>;

/** Sends, and gives up in time. */
export type Exchange = (call: Call) => Promise<RawAnswer>;

/** The endpoint did not answer in time. */
export class Hang extends Error {
  override readonly name = "Hang";
}

/** One way to send all calls, within a limit of milliseconds each. */
export function toExchange(send: Send, sendRaw: SendRaw | undefined, limit: number): Exchange {
  return async (call) => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        controller.abort();
        reject(new Hang(`no answer within ${limit} ms`));
      }, limit);
    });
    const answer = sendOnce(call, controller.signal);
    // Whatever comes of it after the limit is nobody's any more.
    answer.catch(() => {});
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };

  async function sendOnce(call: Call, signal: AbortSignal): Promise<RawAnswer> {
    const request = toRequest(call, signal);
    if (request !== undefined) return readAnswer(await send(request));
    if (sendRaw !== undefined) return sendRaw(call, signal);
    throw new NotRun("a Request cannot carry it, and no sendRaw was given");
  }
}

function toRequest({ url, method, headers, body }: Call, signal: AbortSignal): Request | undefined {
  const names = headers.map(([name]) => name);
  // It would join what are two lines.
  if (new Set(names).size < names.length) return undefined;
  try {
    const init = { method, headers: new Headers(headers as [string, string][]), signal };
    const request = new Request(url, { ...init, redirect: "manual", ...(body && { body }) });
    // It takes white space at the ends away.
    const isWhole = headers.every(([name, value]) => request.headers.get(name) === value);
    return isWhole ? request : undefined;
  } catch {
    return undefined;
  }
}

async function readAnswer(response: Response): Promise<RawAnswer> {
  const { status, headers } = response;
  return { status, headers: Object.fromEntries(headers), body: await response.text() };
}

/**
 * Sends a call over HTTP as it stands, header line by header line; on Node alone.
 *
 * @example
 * await attack(fetch, target, { sendRaw: sendOverHttp });
 */
export const sendOverHttp: SendRaw = ({ method, url, headers, body = "" }, signal) => {
  const { host, protocol } = new URL(url);
  const request = protocol === "https:" ? requestHttps : requestHttp;
  const lines = [...["host", host, "connection", "close"], ...headers.flat()];
  if (body) lines.push("content-length", `${Buffer.byteLength(body)}`);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: lines, agent: false, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const fields = Object.entries(incoming.headersDistinct);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(
            fields.map(([name, values = []]) => [name, values.join(", ")]),
          ),
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
};
