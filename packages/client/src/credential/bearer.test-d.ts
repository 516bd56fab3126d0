import type { Secret } from "@countersign/core/wire";
import { expectTypeOf, test } from "vitest";
import {
  type ApiKeyOptions,
  type BearerToken,
  bearer,
  type ClientError,
  type Credential,
  clientCredentials,
  type createAuthFetch,
  type TokenSource,
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

test("client credentials are a source for bearer", () => {
  expectTypeOf(clientCredentials).returns.toEqualTypeOf<TokenSource<BearerToken>>();
});

test("an authenticated fetch is a fetch", () => {
  expectTypeOf<ReturnType<typeof createAuthFetch>>().toExtend<typeof fetch>();
});

test("an API key has one place", () => {
  expectTypeOf<{ key: string }>().toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; query: string }>().toExtend<ApiKeyOptions>();
  expectTypeOf<{ key: string; header: string; query: string }>().not.toExtend<ApiKeyOptions>();
});

test("error codes are a closed union", () => {
  expectTypeOf<"not_replayable">().toExtend<ClientError["code"]>();
  expectTypeOf<string>().not.toExtend<ClientError["code"]>();
});
