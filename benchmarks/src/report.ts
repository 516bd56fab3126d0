import type { Bound } from "./bounds.ts";
import type { Measurement } from "./measurement.ts";

/** All figures as tables, one a scene; lines up and reads without colour. */
export function toTables(measured: readonly Measurement[]): string {
  const scenes = Map.groupBy(measured, ({ group, scene }) => `${group}: ${scene}`);
  return [...scenes].map(([title, rows]) => `${title}\n${toTable(rows)}\n`).join("\n");
}

function toTable(rows: readonly Measurement[]): string {
  const [first] = rows;
  const width = Math.max(...rows.map(({ contestant }) => contestant.length));
  return rows
    .map(({ contestant, value, unit, p99, rounds }) => {
      const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
      const cells = [
        contestant.padEnd(width),
        `${round(value)} ${unit}`.padStart(16),
        `x ${(value / (first?.value ?? value)).toFixed(2)}`.padStart(10),
        `${round(least)} to ${round(most)}`.padStart(22),
        p99 === undefined ? "" : `p99 ${round(p99)} ms`.padStart(14),
      ];
      return `  ${cells.join("").trimEnd()}`;
    })
    .join("\n");
}

/** Every promise, with what was measured. */
export function toBoundsTable(bounds: readonly Bound[]): string {
  const width = Math.max(...bounds.map(({ name }) => name.length));
  return bounds
    .map(({ name, value, most, least, holds }) => {
      const limit = most === undefined ? `at least ${least}` : `at most ${most}`;
      const verdict = holds ? "holds" : "MISSED";
      return `  ${name.padEnd(width)}${value.toFixed(3).padStart(10)}  ${limit.padEnd(14)}${verdict}`;
    })
    .join("\n");
}

function round(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
