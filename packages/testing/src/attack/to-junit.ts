import type { AttackReport, AttackResult } from "./report.ts";

/**
 * A report as JUnit XML, a suite for each group, for whatever collects test results.
 *
 * @example
 * await writeFile("attack.xml", toJUnit(report));
 */
export function toJUnit({ url, summary, results }: AttackReport): string {
  const { findings, notRun } = summary;
  const suites = [...Map.groupBy(results, ({ group }) => group)].map(([group, cases]) => {
    const failures = count(cases, "finding");
    const skipped = count(cases, "not-run");
    const attributes = { name: group, tests: cases.length, failures, skipped, errors: 0 };
    return `  <testsuite${write(attributes)}>\n${cases.map(toCase).join("\n")}\n  </testsuite>`;
  });
  const attributes = { name: url, tests: results.length, failures: findings, skipped: notRun };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${write(attributes)}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function toCase(result: AttackResult): string {
  const { id, group, source, expected, found, grade, outcome, milliseconds } = result;
  const opening = `    <testcase${write({ classname: group, name: id, time: milliseconds / 1000 })}`;
  if (outcome === "passed") return `${opening}/>`;
  const inner =
    outcome === "not-run"
      ? `<skipped${write({ message: found })}/>`
      : `<failure${write({ type: grade ?? "", message: found })}>${escapeXml(`Expected ${expected}; found ${found}. Source: ${source}`)}</failure>`;
  return `${opening}>${inner}</testcase>`;
}

const count = (cases: readonly AttackResult[], outcome: AttackResult["outcome"]) =>
  cases.filter((each) => each.outcome === outcome).length;

function write(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}

/** XML 1.0 §2.2 and §2.4: what is no character there is left out, not escaped. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
    ...{ "\n": "&#10;", "\r": "&#13;", "\t": "&#9;" },
  };
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"\n\r\t]/g, (character) => entities[character] ?? "");
}
