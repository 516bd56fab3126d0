import type { Secret } from "@countersign/core/wire";
import { expectTypeOf, test } from "vitest";
import {
  type ApiKeyOptions,
  authorizationCode,
  type BearerToken,
  bearer,
  type ClientError,
  type Credential,
  clientCredentials,
  type createAuthFetch,
  type DevicePrompt,
  type DpopToken,
  deviceCode,
  type dpop,
  dpopKeys,
  jwtBearer,
  refreshToken,
  type TokenSource,
  tokenExchange,
} from "../index.ts";

interface BoundToken {
  readonly type: "dpop";
  readonly value: Secret;
  readonly expiresAt: number | undefined;
}

test("bearer takes bearer tokens alone: one bound to a key is a compile error", () => {
  expectTypeOf<TokenSource<BearerToken>>().toExtend<Parameters<typeof bearer>[0]>();
  expectTypeOf<string>().toExtend<Parameters<typeof bearer>[0]>();
  expectTypeOf<Secret>().toExtend<Parameters<typeof bearer>[0]>();
  expectTypeOf<TokenSource<BoundToken>>().not.toExtend<Parameters<typeof bearer>[0]>();
  expectTypeOf(bearer).returns.toEqualTypeOf<Credential>();
});

const client = { issuer: "https://id.example.com", clientId: "app" };

test("sources are for bearer, and with a key for dpop alone", () => {
  const free = () => clientCredentials(client);
  const bound = () => clientCredentials({ ...client, dpop: dpopKeys() });
  expectTypeOf(free).returns.toEqualTypeOf<TokenSource<BearerToken>>();
  expectTypeOf(bound).returns.toEqualTypeOf<TokenSource<DpopToken>>();
  expectTypeOf<TokenSource<DpopToken>>().not.toExtend<Parameters<typeof bearer>[0]>();
  expectTypeOf<TokenSource<BearerToken>>().not.toExtend<Parameters<typeof dpop>[0]>();
});

test("whatever the grant", () => {
  const options = { ...client, redirectUri: "https://app.example.com/callback" };
  const keyed = { ...options, dpop: dpopKeys() };
  const assertion = () => "";
  expectTypeOf(() => refreshToken(keyed)).returns.toEqualTypeOf<TokenSource<DpopToken>>();
  expectTypeOf(() => refreshToken(options)).returns.toEqualTypeOf<TokenSource<BearerToken>>();
  expectTypeOf(() => jwtBearer({ ...keyed, assertion })).returns.toEqualTypeOf<
    TokenSource<DpopToken>
  >();
  expectTypeOf(() => tokenExchange(keyed).for("")).returns.toEqualTypeOf<TokenSource<DpopToken>>();
  expectTypeOf(() => authorizationCode(keyed).finish("", "")).returns.toEqualTypeOf<
    Promise<TokenSource<DpopToken>>
  >();
  expectTypeOf(() => deviceCode(options).finish({} as DevicePrompt)).returns.toEqualTypeOf<
    Promise<TokenSource<BearerToken>>
  >();
});

test("an authenticated fetch is a fetch", () => {
  expectTypeOf<ReturnType<typeof createAuthFetch>>().toExtend<typeof fetch>();
});

test("an API key has one place", () => {
  expectTypeOf<{ key: string }>().toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; query: string }>().toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; cookie: string }>().toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; header: string; query: string }>().not.toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; cookie: string; query: string }>().not.toExtend<ApiKeyOptions>();
});

test("error codes are a closed union", () => {
  expectTypeOf<"not_replayable">().toExtend<ClientError["code"]>();
  expectTypeOf<string>().not.toExtend<ClientError["code"]>();
});
