/** The orders API without a framework: its domain, its guard, and its environment. */
export { createOrdersApi, type OrdersApi } from "./create-api.ts";
export { whoami } from "./describe.ts";
export { mayDelete, mayRead, mayWrite } from "./guard.ts";
export { problem } from "./http.ts";
export { createIdentity } from "./identity.ts";
export { run, serve } from "./serve.ts";
export { readSettings } from "./settings.ts";
export { openState } from "./state.ts";
export { createUsers } from "./users.ts";
