import { createSlot } from "#slot";
import type { Guard } from "./guard.ts";
import type { Principal } from "./principal.ts";

/** How a principal was let in. */
export interface Admittance {
  /** By which view of a guard. */
  readonly view: Guard<Principal | undefined>;
  /** With what token, or API key. */
  readonly presented: string | undefined;
}

/** Beside principals and not in them, so that whoever logs one logs no token. */
export const admittances = /* @__PURE__ */ createSlot<Admittance>();
