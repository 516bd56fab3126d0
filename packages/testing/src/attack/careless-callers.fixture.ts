import { createGuard, type Guard, type Principal } from "@countersign/core";
import { getPrincipal, protect } from "@countersign/core/web";
import type { AttackTarget, Send } from "../attack.ts";
import { type Carelessness, createCallers, realm } from "./callers.fixture.ts";
import type { Callers } from "./callers.ts";

const publicUrl = "http://127.0.0.1:9";

/** A careless server's way with a request that a careful one refuses: what it takes it for. */
export type Misreading = (request: Request, callers: Required<Callers>) => Request | undefined;
/** A careless server's way with an answer. */
export type Rewriting = (answer: Response, request: Request) => Response;

/** A server for each kind of caller, as careful as ours but for what it is told to leave out. */
export async function createCallerServer(
  carelessness: Carelessness = {},
  misread: Misreading = () => undefined,
  rewrite: Rewriting = (answer) => answer,
): Promise<{ readonly send: Send; readonly target: AttackTarget }> {
  const { schemes, callers } = await createCallers(carelessness);
  const handlers = Object.fromEntries(
    Object.entries(schemes).map(([name, scheme]) => {
      const guard: Guard<Principal> = createGuard({ realm, publicUrl, schemes: [scheme] });
      const answer = (request: Request) => Response.json(getPrincipal(guard, request).subject);
      return [`/${name}`, protect(guard, answer)];
    }),
  );
  const answer = async (request: Request) =>
    (await handlers[new URL(request.url).pathname]?.(request)) ??
    new Response(null, { status: 404 });
  const send: Send = async (request) => {
    const first = await answer(request);
    const instead = first.ok ? undefined : misread(request, callers);
    const second = instead && (await answer(instead));
    return rewrite(second?.ok ? second : first, request);
  };
  const placed = Object.fromEntries(
    Object.entries(callers).map(([name, caller]) => [
      name,
      { ...caller, url: `${publicUrl}/${name}` },
    ]),
  );
  return { send, target: { url: publicUrl, callers: placed } };
}

export const withHeader = (request: Request, name: string, value: string): Request => {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return new Request(request, { headers });
};
