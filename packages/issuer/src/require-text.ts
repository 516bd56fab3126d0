import { ConfigurationError } from "@countersign/core/wire";

/** @throws ConfigurationError */
export function requireText(value: string, name: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new ConfigurationError(`${name} must be a string that is not empty.`);
}
