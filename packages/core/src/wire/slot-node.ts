import type { Slot } from "./slot.ts";

/**
 * A private field on the objects: it does what a WeakMap does, without what one entry a request costs
 * V8's garbage collector, which is more than a check.
 */
export function createSlot<V>(): Slot<V> {
  return canMarkFrozen ? createMark() : new WeakMap<object, V>();
}

/** What a base class returns gets the private fields of the class that extends it. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return object;
  }
}

function createMark<V>(): Slot<V> {
  class Mark extends Given {
    #value: V | undefined;

    static get(object: object): V | undefined {
      return #value in object ? object.#value : undefined;
    }

    static set(object: object, value: V): void {
      (#value in object ? object : new Mark(object)).#value = value;
    }
  }
  return Mark as unknown as Slot<V>;
}

/** Engines are about to forbid it: a frozen object, as principals are, shall get no private field. */
const canMarkFrozen = canMark(Object.freeze({}));

function canMark(object: object): boolean {
  try {
    createMark().set(object, true);
    return true;
  } catch {
    return false;
  }
}
