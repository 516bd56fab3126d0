import type { Explanation, Step } from "./explanation.ts";

/**
 * An explanation as a table of plain text, one line for each step: in capitals what failed.
 *
 * @example
 * console.log(formatExplanation(await explain(guard, request)));
 */
export function formatExplanation({ verdict, steps }: Explanation): string {
  const { kind, status, reason, scheme } = verdict;
  const title = [kind, status, reason, scheme && `(${scheme})`].filter(Boolean).join(" ");
  const rows = steps.map(({ check, outcome, scheme = "", ...details }) => [
    outcome === "failed" ? "FAILED" : outcome,
    scheme,
    check,
    inWords(details),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => width(row, column))));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return [title, ...lines].join("\n");
}

function width(row: readonly string[], column: number): number {
  return row[column]?.length ?? 0;
}

function inWords({ expected, found }: Pick<Step, "expected" | "found">): string {
  const parts = [expected && `expected ${expected}`, found && `found ${found}`];
  return parts.filter(Boolean).join("; ");
}
