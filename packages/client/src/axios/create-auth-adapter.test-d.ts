import type { AxiosRequestConfig } from "axios";
import { expectTypeOf, test } from "vitest";
import type { AuthAdapterOptions, createAuthAdapter } from "../axios.ts";

test("an authenticated adapter is an adapter", () => {
  expectTypeOf<ReturnType<typeof createAuthAdapter>>().toExtend<
    NonNullable<AxiosRequestConfig["adapter"]>
  >();
});

test("what follows redirects by itself cannot send", () => {
  expectTypeOf<"http" | "fetch">().toExtend<AuthAdapterOptions["adapter"]>();
  expectTypeOf<"xhr">().not.toExtend<AuthAdapterOptions["adapter"]>();
});
