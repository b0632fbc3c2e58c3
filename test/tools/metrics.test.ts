import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeMetrics } from "../../tools/start/metrics.ts";

const counter = (name: string, ...samples: string[]) =>
  [`# HELP ${name} What it counts.`, `# TYPE ${name} counter`, ...samples, ""].join("\n");

test("a name that one process has keeps its series as they are", () => {
  const page = counter("bot_updates_total", 'bot_updates_total{kind="message"} 3');
  expect(mergeMetrics(new Map([["bot", page]]))).toBe(page);
});

test("a name that two processes have is described once and its series are told apart", () => {
  const pages = new Map([
    ["bot", counter("http_total", "http_total 1")],
    ["api", counter("http_total", 'http_total{code="200"} 2 1700000000000')],
  ]);
  expect(mergeMetrics(pages)).toBe(
    counter(
      "http_total",
      'http_total{process="bot"} 1',
      'http_total{process="api",code="200"} 2 1700000000000',
    ),
  );
});

test("a histogram's series stay below its own description", () => {
  const page = [
    "# HELP wait_seconds How long.",
    "# TYPE wait_seconds histogram",
    'wait_seconds_bucket{le="+Inf"} 2',
    "wait_seconds_sum 0.5",
    "wait_seconds_count 2",
    "",
  ].join("\n");
  const merged = mergeMetrics(
    new Map([
      ["worker", page],
      ["bot", page],
    ]),
  );
  expect(merged.split("\n").filter((line) => line.startsWith("#"))).toHaveLength(2);
  expect(merged).toContain('wait_seconds_bucket{process="bot",le="+Inf"} 2');
  expect(merged.indexOf("# TYPE")).toBeLessThan(merged.indexOf("wait_seconds_bucket"));
});

const name = fc.constantFrom("a_total", "b_total", "c_total");
const label = fc.string({ unit: fc.constantFrom("a", "}", "{", ",", "=", " ", "x") });
const sample = fc.record({ name, label, value: fc.nat() });
const page = fc.uniqueArray(sample, { selector: ({ name, label }) => `${name} ${label}` });
const drawn = fc.dictionary(fc.constantFrom("bot", "api", "worker"), page);

test("whatever processes report, no series is lost and none appears twice", () =>
  fc.assert(
    fc.property(drawn, (processes) => {
      const written = Object.entries(processes).map(
        ([process, samples]) =>
          [
            process,
            samples.map((one) => `${one.name}{l="${one.label}"} ${one.value}\n`).join(""),
          ] as const,
      );
      const lines = mergeMetrics(new Map(written)).split("\n").filter(Boolean);
      const series = lines.map((line) => line.slice(0, line.lastIndexOf(" ")));
      expect(new Set(series).size).toBe(series.length);
      expect(lines).toHaveLength(Object.values(processes).flat().length);
    }),
  ));
