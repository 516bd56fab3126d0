/** A function that can be called like the global `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Looked up at each call: tests and tracing replace the global one later than this module loads. */
export const globalFetch: Fetch = (input, init) => fetch(input, init);
