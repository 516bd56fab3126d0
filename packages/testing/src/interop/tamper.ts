/** A text with one character changed, for every place in it. */
export function* withOneChange(text: string, from = 0): Generator<string> {
  for (let at = from; at < text.length; at++) {
    const other = text[at] === "x" ? "y" : "x";
    yield text.slice(0, at) + other + text.slice(at + 1);
  }
}
