import { introspect } from "../introspect.ts";
import type { Settings } from "../settings.ts";
import { answerOnce } from "./answer.ts";
import { requireConfidentialClient } from "./authenticate-client.ts";
import { readForm, requireParameter } from "./read-form.ts";

/**
 * The introspection endpoint (RFC 7662), for clients that prove who they are. They are told of access
 * tokens that are meant for them, and of what was issued to themselves; everything else is inactive.
 */
export async function serveIntrospect(settings: Settings, request: Request): Promise<Response> {
  const form = await readForm(request);
  const token = requireParameter(form, "token");
  const { id, audiences } = await requireConfidentialClient(settings, request, form);
  const answer = await introspect(settings, token, ({ kind, clientId, audience }) => {
    const isForCaller = kind === "access" && audience.some((each) => audiences.includes(each));
    return isForCaller || clientId === id;
  });
  return answerOnce(answer);
}
