/** What somebody ordered. */
interface Order {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
}

/** The orders, in memory. */
export interface Orders {
  list(): readonly Order[];
  /** `undefined` when the input is no order. */
  create(input: unknown): Order | undefined;
  /** Whether there was one. */
  remove(id: string): boolean;
}

export function createOrders(): Orders {
  const orders = new Map<string, Order>();
  let count = 0;
  const create: Orders["create"] = (input) => {
    const { item, quantity = 1 } = (input ?? {}) as Partial<Record<keyof Order, unknown>>;
    if (typeof item !== "string" || item === "" || item.length > 200) return undefined;
    if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1)
      return undefined;
    count += 1;
    const order = { id: String(count), item, quantity };
    orders.set(order.id, order);
    return order;
  };
  create({ item: "a brass lantern", quantity: 2 });
  return { list: () => [...orders.values()], create, remove: (id) => orders.delete(id) };
}
