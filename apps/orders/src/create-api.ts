import { resourceMetadata } from "@countersign/core/openapi";
import { describeApi } from "./describe.ts";
import { createOrdersGuard, type OrdersGuard } from "./guard.ts";
import { createIdentity, type Identity } from "./identity.ts";
import { createOrders, type Orders } from "./orders.ts";
import type { Settings } from "./settings.ts";
import { openState } from "./state.ts";
import { createUsers } from "./users.ts";

/** All that a framework needs to serve the orders API. */
export interface OrdersApi {
  readonly guard: OrdersGuard;
  readonly orders: Orders;
  /** The embedded issuer, unless another is trusted. */
  readonly identity: Identity | undefined;
  /** What to answer at these paths to everybody. */
  readonly documents: Readonly<Record<string, object>>;
  /** Ends the connections to databases. */
  close(): Promise<void>;
}

export async function createOrdersApi(settings: Settings): Promise<OrdersApi> {
  const accounts = await createUsers(settings);
  const state = await openState(settings);
  const identity = settings.issuerUrl ? undefined : await createIdentity(settings, accounts, state);
  const guard = await createOrdersGuard(settings, accounts, state, identity);
  return {
    guard,
    orders: createOrders(),
    identity,
    documents: {
      "/public": { message: "Everybody may read this." },
      "/openapi.json": describeApi(guard, settings.publicUrl),
      "/.well-known/oauth-protected-resource": resourceMetadata(guard, [
        "orders:read",
        "orders:write",
      ]),
    },
    close: state.close,
  };
}
