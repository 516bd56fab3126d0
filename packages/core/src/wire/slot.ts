/**
 * Something kept beside objects that others make: nobody who logs, copies or serialises them gets it.
 *
 * @example
 * const tokens = createSlot<string>();
 * tokens.set(principal, token);
 */
export interface Slot<V> {
  get(object: object): V | undefined;
  set(object: object, value: V): void;
}
