/**
 * Freezes a value all the way down, as far as it is plain objects and arrays: a schema may give
 * anything, and not all of it can be frozen. Without recursion, however deeply it nests.
 */
export function freezeDeep<T>(root: T): T {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (!isPlain(value) || Object.isFrozen(value)) continue;
    Object.freeze(value);
    for (const member of Object.values(value)) pending.push(member);
  }
  return root;
}

/** A copy of a JSON value, all the way down and not frozen. */
export function copyDeep<T extends object>(root: T): T {
  const top = copyOf(root);
  const pending: Record<string, unknown>[] = [top];
  for (let value = pending.pop(); value; value = pending.pop()) {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== "object" || member === null) continue;
      // Every name, `__proto__` too, is the copy's own already.
      const copy = copyOf(member);
      value[name] = copy;
      pending.push(copy);
    }
  }
  return top as T;
}

function copyOf(value: object): Record<string, unknown> {
  return (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
