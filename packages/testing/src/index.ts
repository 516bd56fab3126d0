/** Test issuer, minted tokens and fake principals: `@countersign/testing`. */
export { type FakePrincipal, fakePrincipal } from "./guard/fake-principal.ts";
export { guardWith } from "./guard/guard-with.ts";
export type { BearerHeaders, DpopHeaders, ProofTarget } from "./issuer/authorized-headers.ts";
export { createRunningClock, createTestClock, type TestClock } from "./issuer/clock.ts";
export { createTestIssuer, type TestIssuer } from "./issuer/create-test-issuer.ts";
export type { Fault } from "./issuer/faults.ts";
export type { MintOptions } from "./issuer/mint.ts";
export type { TestIssuerOptions } from "./issuer/options.ts";
export type { ReceivedRequest } from "./issuer/received.ts";
export type { TestTenant } from "./issuer/tenant.ts";
export type { DeviceScript } from "./provider/device.ts";
export type { LoginRequest, LoginScript, TestLogin, TestUser } from "./provider/login.ts";
export type { TestClient } from "./provider/provider.ts";
