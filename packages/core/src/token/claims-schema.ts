import type { MaybePromise } from "../wire/maybe-promise.ts";

/**
 * A schema of zod, valibot, arktype or any other library that speaks Standard Schema 1, of which this
 * is the part that is used (https://standardschema.dev, which asks to copy its types).
 *
 * @example
 * const schema: ClaimsSchema<{ tenant: string }> = z.object({ tenant: z.string() });
 */
export interface ClaimsSchema<Output extends object = object> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => MaybePromise<ClaimsResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value: the value as it makes it, or what is wrong with it. */
export type ClaimsResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly ClaimsIssue[] };

/** One thing that is wrong, and where. */
export interface ClaimsIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The claims that a schema gives. */
export type ClaimsOf<S extends ClaimsSchema> = NonNullable<S["~standard"]["types"]>["output"];
