import type { Slot } from "./slot.ts";

/** What is kept of an object goes with it. */
export function createSlot<V>(): Slot<V> {
  return new WeakMap<object, V>();
}
