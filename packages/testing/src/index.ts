/** Test issuer, minted tokens and fake principals: `@countersign/testing`. */
export { type FakePrincipal, fakePrincipal } from "./guard/fake-principal.ts";
export { guardWith } from "./guard/guard-with.ts";
export { createTestClock, type TestClock } from "./issuer/clock.ts";
export {
  createTestIssuer,
  type TestIssuer,
  type TestIssuerOptions,
} from "./issuer/create-test-issuer.ts";
export type { MintOptions } from "./issuer/mint.ts";
