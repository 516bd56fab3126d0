/** One thing that was tried: what came out, and what had to. */
export interface Row {
  readonly cells: readonly string[];
  readonly expected: readonly string[];
}

export function isRight({ cells, expected }: Row): boolean {
  return cells.every((cell, at) => cell === expected[at]);
}

/** An aligned table that reads without colour. A row that came out wrong says what had to be there. */
export function formatTable(headings: readonly string[], rows: readonly Row[]): string {
  const lines = [headings, ...rows.map(({ cells }) => cells)];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const format = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const body = rows.map((row) => {
    if (isRight(row)) return `  ${format(row.cells)}`;
    const missed = row.expected.filter((cell, at) => cell !== row.cells[at]);
    return `! ${format(row.cells)}   expected ${missed.join(", ")}`;
  });
  return [`  ${format(headings)}`, `  ${rule}`, ...body].join("\n");
}
