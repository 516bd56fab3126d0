import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { Measurement } from "./measurement.ts";

/** Bars of one group of figures, a row a scene, as SVG. */
export async function toPlot(measured: readonly Measurement[]): Promise<string> {
  const [first] = measured;
  const isFasterShorter = first?.unit !== "req/s";
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    data: {
      values: measured.map(({ scene, contestant, value }) => ({ scene, contestant, value })),
    },
    mark: { type: "bar", tooltip: true },
    width: 420,
    encoding: {
      row: {
        field: "scene",
        type: "nominal",
        title: null,
        header: { labelAngle: 0, labelAlign: "left" },
      },
      y: {
        field: "contestant",
        type: "nominal",
        title: null,
        sort: null,
        axis: { labelLimit: 400 },
      },
      x: {
        field: "value",
        type: "quantitative",
        title: isFasterShorter
          ? "µs a token (less is better)"
          : "requests a second (more is better)",
      },
      color: {
        condition: { test: "indexof(datum.contestant, 'countersign') >= 0", value: "#1f6f8b" },
        value: "#b8c4cc",
      },
    },
    resolve: { scale: { y: "independent", ...(isFasterShorter && { x: "independent" as const }) } },
  });
  const view = new View(parse(spec), { renderer: "none" });
  return view.toSVG();
}
