import { ConfigurationError } from "@countersign/core/wire";

/** Throws, saying where and what to do, unless a value is as it should be. */
export type Shape = (value: unknown, at: string) => void;

/** Something that a single question tells. */
export function shapeOf(what: string, isRight: (value: unknown) => boolean): Shape {
  return (value, at) => {
    if (!isRight(value)) throw new ConfigurationError(`${at} must be ${what}.`);
  };
}

export const text = shapeOf("a text that is not empty", (value) => isText(value));
export const flag = shapeOf("true or false", (value) => typeof value === "boolean");
export const texts = shapeOf("a list of texts", (value) => isListOf(value, isText));
export const textOrTexts = shapeOf(
  "a text, or a list of texts",
  (value) => isText(value) || isListOf(value, isText),
);
export const anyObject = shapeOf("an object", isObject);
export const wholeNumber = shapeOf(
  "a whole number, zero or more",
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
export const someNumber = shapeOf(
  "a number, zero or more",
  (value) => typeof value === "number" && value >= 0,
);

/** A list, each of whose items has a shape. */
export function listOf(item: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ConfigurationError(`${at} must be a list.`);
    for (const [index, each] of value.entries()) item(each, `${at}[${index}]`);
  };
}

/** An object whose members all have one shape, whatever they are called. */
export function everyMember(member: Shape): Shape {
  return (value, at) => {
    anyObject(value, at);
    for (const [name, each] of Object.entries(value as object)) member(each, `${at}.${name}`);
  };
}

/** An object with these members and no others, so that no misspelt one is ignored. */
export function members(
  known: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): Shape {
  return (value, at) => {
    anyObject(value, at);
    for (const name of required) {
      if (!Object.hasOwn(value as object, name)) {
        throw new ConfigurationError(`${at} needs "${name}".`);
      }
    }
    for (const [name, each] of Object.entries(value as object)) {
      if (!Object.hasOwn(known, name)) {
        const names = Object.keys(known).join(", ");
        throw new ConfigurationError(`${at} has no "${name}". There are: ${names}.`);
      }
      known[name]?.(each, `${at}.${name}`);
    }
  };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isListOf(value: unknown, isRight: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isRight);
}
