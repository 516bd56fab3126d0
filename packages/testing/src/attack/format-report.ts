import { type AttackReport, type AttackResult, grades } from "./report.ts";

/** So many cases are named where the same came of them; the report itself has all. */
const named = 6;

/**
 * A report as text: a line for each thing that was found, the worst first, and one of what was not run.
 *
 * @example
 * console.log(formatReport(await attack(fetch, target)));
 */
export function formatReport(report: AttackReport): string {
  const { passed, findings, notRun } = report.summary;
  const rows = [
    ...grades.flatMap((grade) =>
      together(report.results.filter((each) => each.grade === grade)).map(([found, cases]) => [
        ...[grade, String(cases.length), found, toNames(cases)],
      ]),
    ),
    ...together(report.results.filter(({ outcome }) => outcome === "not-run")).map(
      ([found, cases]) => ["not run", String(cases.length), found, toNames(cases)],
    ),
  ];
  const head = `${report.url}: ${passed} passed, ${findings} findings, ${notRun} not run`;
  return rows.length === 0
    ? head
    : `${head}\n\n${toTable([["grade", "cases", "found", "which"], ...rows])}`;
}

/** Cases by what came of them, in the order in which that first came. */
function together(results: readonly AttackResult[]): readonly [string, readonly AttackResult[]][] {
  return [...Map.groupBy(results, ({ found }) => found)];
}

function toNames(cases: readonly AttackResult[]): string {
  const more = cases.length - named;
  const ids = cases.slice(0, named).map(({ id }) => id);
  return more > 0 ? `${ids.join(", ")} and ${more} more` : ids.join(", ");
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
