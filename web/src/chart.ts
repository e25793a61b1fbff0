// Draws figure[data-chart] from the JSON beside it and folds its table away.
// The table stays one click away, and stands open where script does not run.
import { BarChart, LineChart } from "echarts/charts";
import { LabelLayout } from "echarts/features";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LabelLayout, LineChart, BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

type Data = { labels: string[]; series: { name: string; points: (number | null)[] }[]; unit: string };

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function option(data: Data, kind: "line" | "bar"): EChartsCoreOption {
  const ink = token("--ink"), soft = token("--ink-soft"), line = token("--line");
  const colours = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"].map(token);
  const font = { fontFamily: token("--font"), color: soft, fontSize: 12 };
  const direct = data.series.length > 1;
  return {
    animation: false,
    color: colours,
    textStyle: font,
    grid: { left: 12, right: direct && kind === "line" ? 96 : 28, top: 16, bottom: 4, containLabel: true },
    // richText: an HTML tooltip would need inline styles, which the policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, textStyle: { color: ink, fontSize: 12 }, backgroundColor: token("--paper"), borderColor: line },
    // Bars lie, so that the name of each has room.
    [kind === "bar" ? "yAxis" : "xAxis"]: {
      type: "category", data: data.labels, inverse: kind === "bar", boundaryGap: kind === "bar",
      axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: font,
    },
    [kind === "bar" ? "xAxis" : "yAxis"]: { type: "value", minInterval: 1, axisLabel: font, splitLine: { lineStyle: { color: line } } },
    series: data.series.slice(0, 5).map((s) => ({
      type: kind,
      name: s.name,
      data: s.points,
      connectNulls: false,
      symbolSize: 5,
      lineStyle: { width: 2 },
      barMaxWidth: 18,
      itemStyle: kind === "bar" ? { borderRadius: [0, 2, 2, 0] } : undefined,
      labelLayout: { moveOverlap: "shiftY" },
      endLabel: { show: direct, formatter: "{a}", color: ink, fontSize: 12 },
      label: { show: kind === "bar" && !direct, position: "right", color: ink, fontSize: 12 },
    })),
  };
}

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
  const id = figure.dataset.chart ?? "";
  const canvas = document.getElementById(id);
  const source = document.getElementById("data-" + id);
  if (!canvas || !source) continue;
  canvas.hidden = false;
  const chart = init(canvas);
  chart.setOption(option(JSON.parse(source.textContent ?? "{}") as Data, figure.dataset.kind === "bar" ? "bar" : "line"));
  new ResizeObserver(() => chart.resize()).observe(canvas);
  const table = figure.querySelector("details");
  if (table) table.open = false;
}
