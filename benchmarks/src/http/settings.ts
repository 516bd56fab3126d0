import type { RequestListener } from "node:http";
import type { ApiKeyRecord } from "@countersign/core";

/** What an application under load is told of its world. */
export interface Settings {
  readonly publicUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly apiKey: ApiKeyRecord;
  /** Of the user `ada`; the passwords of Basic are compared as they are, since hashing is not measured. */
  readonly password: string;
}

/** Makes an application that answers `GET /orders` with who called. */
export type App = (settings: Settings) => RequestListener | Promise<RequestListener>;
