import type { CredentialDescription } from "./description.ts";

/** A header that a credential writes: a fixed text and the value of an environment variable. */
export interface AttachedHeader {
  readonly name: string;
  readonly prefix: string;
  readonly variable: string;
}

/** The header, where the credential is just one header. */
export function attachedHeader(credential: CredentialDescription): AttachedHeader | undefined {
  if (credential.type === "bearer") {
    return { name: "Authorization", prefix: "Bearer ", variable: "API_TOKEN" };
  }
  if (credential.type !== "apiKey" || credential.query !== undefined) return undefined;
  const { header = "X-API-Key", cookie } = credential;
  return cookie === undefined
    ? { name: header, prefix: "", variable: "API_KEY" }
    : { name: "Cookie", prefix: `${cookie}=`, variable: "API_KEY" };
}
