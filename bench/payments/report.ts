import { paymentsEveryMs } from "../../workers/schedules.ts";
import { costs, type Found } from "./costs.ts";
import { median, quantile, spread } from "./figures.ts";
import type { Round } from "./rounds.ts";
import type { ServerKind } from "./servers.ts";
import { table } from "./table.ts";

export type { Found } from "./costs.ts";

const headings: Readonly<Record<ServerKind, string>> = {
  dev: "Temporal's development server, in memory",
  postgres: "Temporal on PostgreSQL",
};

/** What was aimed at. */
const leastRatio = 0.7;
const longestMs = 1_000;

/** All that was found on one server, as Markdown. */
export function report(kind: ServerKind, found: Found): string {
  const parts = [rates(found), latencies(found), repaired(found), ...costs(found), targets(found)];
  return [`## ${headings[kind]}`, ...missing(found), ...parts].join("\n\n");
}

/** Figures of fewer rounds than were wanted are not worth keeping. */
function missing({ rounds, pairs }: Found): string[] {
  const played = rounds.filter(({ side }) => side === "B").length;
  if (played >= pairs) return [];
  const remedy = "give it more --minutes, or a machine with nothing else to do";
  return [`Not to be kept: ${played} of ${pairs} pairs of rounds fitted into the time; ${remedy}.`];
}

const of = ({ rounds }: Found, concurrency: number, side?: Round["side"]): Round[] =>
  rounds.filter((it) => it.concurrency === concurrency && (side ?? it.side) === it.side);

const concurrenciesOf = ({ rounds }: Found): number[] => [
  ...new Set(rounds.map(({ concurrency }) => concurrency)),
];

/** Each round of B by the round of A just before it. */
function ratios(found: Found, concurrency: number): number[] {
  const [a, b] = [of(found, concurrency, "A"), of(found, concurrency, "B")];
  return b.map(({ perSecond }, at) => perSecond / (a[at]?.perSecond ?? Number.NaN));
}

function rates(found: Found): string {
  const rows = concurrenciesOf(found).map((concurrency) => {
    const [a = [], b = []] = (["A", "B"] as const).map((side) =>
      of(found, concurrency, side).map(({ perSecond }) => perSecond),
    );
    const ratio = spread(ratios(found, concurrency), 2);
    return [`${concurrency} at once`, spread(a, 2), spread(b, 2), ratio, String(b.length)];
  });
  return table(["payments a second, median (least..most)", "A", "B", "B/A", "rounds"], rows);
}

function latencies(found: Found): string {
  const rows = concurrenciesOf(found).flatMap((concurrency) => {
    const paid = of(found, concurrency, "B").flatMap((round) => round.paid);
    const row = (what: string, values: number[]) => [
      `${what}, ${concurrency} at once`,
      quantile(values, 0.5).toFixed(0),
      quantile(values, 0.99).toFixed(0),
      String(values.length),
    ];
    const booked = paid.map(({ bookedMs }) => bookedMs);
    const told = paid.map(({ toldMs }) => toldMs);
    return [row("the time is in the books", booked), row("the customer is told", told)];
  });
  return table(["ms from the gateway's call until", "p50", "p99", "payments"], rows);
}

function repaired({ repairs }: Found): string {
  const booked = repairs.map(({ bookedMs }) => bookedMs / 1_000);
  const told = repairs.map(({ toldMs }) => toldMs / 1_000);
  const everyS = paymentsEveryMs / 1_000;
  const worst = everyS + Math.max(...booked);
  const waiting = `the worst case: ${everyS} s until a tick begins, and the longest of these`;
  return table(
    [`s from a tick's beginning, for ${repairs.length} payments nobody told us of, until`, "B"],
    [
      ["the time is in the books", spread(booked, 2)],
      ["the customer is told", spread(told, 2)],
      [waiting, worst.toFixed(1)],
    ],
  );
}

function targets(found: Found): string {
  const lines = concurrenciesOf(found).map((concurrency) => {
    const ratio = median(ratios(found, concurrency));
    return verdict(`B/A of ${leastRatio}, ${concurrency} at once`, ratio >= leastRatio);
  });
  const alone = of(found, 1, "B").flatMap((round) => round.paid.map(({ toldMs }) => toldMs));
  if (alone.length > 0) {
    const what = `p99 until the customer is told below ${longestMs} ms, 1 at once`;
    lines.push(verdict(what, quantile(alone, 0.99) < longestMs));
  }
  if (found.failures > 0) lines.push(`Tries of steps that failed: ${found.failures}`);
  return `Wanted: ${lines.join("; ")}.`;
}

const verdict = (what: string, met: boolean): string => `${what}: ${met ? "met" : "missed"}`;
