import { channel } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { basic } from "../basic/basic.ts";
import { createGuard } from "./create-guard.ts";
import type { GuardEvent } from "./event.ts";
import type { AuthRequest } from "./request.ts";

const schemes = [
  basic({
    users: {
      find: (name) => {
        if (name === "down") throw new Error("down");
        return { subject: name, passwordHash: "right" };
      },
    },
    passwords: { verify: (hash, password) => hash === password },
  }),
] as const;

function request(authorization?: string): AuthRequest {
  return {
    method: "GET",
    url: "https://api.test/orders?api_key=secret",
    header: (name) => (name === "authorization" ? authorization : undefined),
    body: () => new Uint8Array(),
    address: "192.0.2.1",
    secure: true,
    certificate: undefined,
  };
}
const login = (name: string, password: string) => request(`Basic ${btoa(`${name}:${password}`)}`);

describe("events", () => {
  it("tell each verdict, with neither credential nor query", async () => {
    const events: GuardEvent[] = [];
    const guard = createGuard({ schemes, onEvent: (event) => events.push(event) });
    await guard.check(login("ada", "right"));
    await guard.check(login("ada", "planted-secret"));
    await guard.check(login("down", "x"));
    await guard.only("basic").check(request());

    const common = { method: "GET", url: "https://api.test/orders", address: "192.0.2.1" };
    expect(events).toMatchObject([
      { ...common, kind: "accepted", scheme: "basic", subject: "ada", reason: undefined },
      {
        ...common,
        kind: "rejected",
        scheme: "basic",
        subject: undefined,
        reason: "password_invalid",
        details: { expected: "the password of a user", found: "another, or no such user" },
      },
      { ...common, kind: "unavailable", reason: "store_unavailable", cause: new Error("down") },
      { ...common, kind: "rejected", scheme: undefined, reason: "credential_missing" },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/planted-secret|api_key|cGxhbnRlZC1zZWNyZXQ/);
  });

  it("change nothing when the listener throws", async () => {
    const guard = createGuard({
      schemes,
      onEvent: () => {
        throw new Error("the log is full");
      },
    });
    expect(await guard.check(login("ada", "right"))).toMatchObject({ kind: "accepted" });
  });

  it("go to the diagnostics channel on Node, while somebody listens", async () => {
    const guard = createGuard({ schemes });
    const heard: unknown[] = [];
    const listen = (event: unknown) => heard.push(event);
    channel("countersign:verdict").subscribe(listen);
    await guard.check(request());
    channel("countersign:verdict").unsubscribe(listen);
    await guard.check(request());
    expect(heard).toMatchObject([{ kind: "rejected", reason: "credential_missing" }]);
  });
});
