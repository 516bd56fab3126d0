import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { createGuard } from "../guard/create-guard.ts";
import type { Guard } from "../guard/guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { Principal } from "../guard/principal.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { oauth1 } from "./oauth1.ts";
import { clock, consumers, formType, inForm, inHeader, sign, url } from "./signing.fixture.ts";

describe("beside other credentials", () => {
  const keys = createMemoryApiKeys([]);
  const mixed = () =>
    createGuard({
      realm: "photos",
      clock,
      publicUrl: "https://api.example.com",
      schemes: [
        apiKey({ keys }),
        oauth1({
          consumers: { find: (key) => consumers.get(key) as never },
          replays: createMemoryReplays({ clock }),
        }),
      ],
    });
  const key = { "x-api-key": "k".repeat(32) };
  const check = async (
    guard: Guard<Principal | undefined>,
    more: Parameters<typeof makeRequest>[0],
  ) => {
    const request = makeRequest({ url, ...more });
    const verdict = await guard.check(request);
    const said = verdict.kind === "accepted" ? verdict.principal?.subject : verdict.reason;
    return { said, reads: request.reads.length };
  };
  const other = { method: "POST", headers: formType, content: "title=My+photo" };

  test("header or query beside a key: a conflict", async () => {
    const header = { ...inHeader(await sign()), ...key };
    expect((await check(mixed(), { headers: header })).said).toBe("credential_conflict");
    const inQuery = { url: `${url}&${inForm(await sign())}`, headers: key };
    expect((await check(mixed(), inQuery)).said).toBe("credential_conflict");
    const foreign = { ...inQuery, headers: { authorization: "Bearer x" } };
    expect((await check(mixed(), foreign)).said).toBe("credential_conflict");
  });

  test("a callback's oauth_token and oauth_verifier are no credential", async () => {
    const callback = { url: "https://api.example.com/callback?oauth_token=t&oauth_verifier=v" };
    expect((await check(mixed(), callback)).said).toBe("credential_missing");
    expect((await check(mixed(), { ...callback, headers: key })).said).toBe("api_key_invalid");
  });

  test("a form body is read for a credential only where there is no other", async () => {
    const headers = { ...formType, ...key };
    expect(await check(mixed(), { ...other, headers })).toEqual({
      said: "api_key_invalid",
      reads: 0,
    });
    const foreign = { ...other, headers: { ...formType, authorization: "Bearer x" } };
    expect(await check(mixed(), foreign)).toEqual({ said: "scheme_not_admitted", reads: 0 });
    const json = { ...other, headers: { "content-type": "application/json" } };
    expect(await check(mixed(), json)).toEqual({ said: "credential_missing", reads: 0 });
    expect(await check(mixed(), other)).toEqual({ said: "credential_missing", reads: 1 });
  });

  test("a form without a credential is anonymous: refused, or let in where that is optional", async () => {
    const optional = mixed().optional();
    const forms = ["", "title=My+photo", "oauth_token=t", "a=%FF", new Uint8Array(1024 * 1024 + 1)];
    for (const content of forms) {
      expect(await check(optional, { ...other, content })).toEqual({ said: undefined, reads: 1 });
      expect(await check(mixed(), { ...other, content })).toEqual({
        said: "credential_missing",
        reads: 1,
      });
    }
    const needy = await optional.check(makeRequest({ url, ...other }), scope("photos:list"));
    expect(needy).toMatchObject({ reason: "credential_missing" });
  });

  test("a bad credential in a form is refused where none is needed", async () => {
    const content = inForm(await sign({ httpMethod: "POST", consumerSecret: "wrong" }));
    expect((await check(mixed().optional(), { ...other, content })).said).toBe(
      "oauth1_signature_invalid",
    );
  });

  test("a view without the scheme does not look into forms", async () => {
    const view = mixed().only("api-key");
    const content = inForm(await sign({ httpMethod: "POST" }));
    expect(await check(view, { ...other, content })).toEqual({
      said: "credential_missing",
      reads: 0,
    });
    expect(await check(view.optional(), { ...other, content })).toEqual({
      said: undefined,
      reads: 0,
    });
    expect((await check(view, { headers: inHeader(await sign()) })).said).toBe(
      "scheme_not_admitted",
    );
  });
});
