import { usualPolling } from "../../activities/operations/reconciliation/ports.ts";
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

/** What was aimed at: the ratio with the most at once, the moments of a payment that is made alone. */
const wanted = {
  ratio: 0.75,
  atOnce: 50,
  bookedP99Ms: 120,
  toldP50Ms: 50,
  toldP99Ms: 160,
  messageP50Ms: 20,
  events: 36,
};

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
    return [
      row("it is in the books", booked),
      row("the customer is told", told),
      row("the customer is told, from the commit on", paid.map(messageMs)),
    ];
  });
  return table(["ms from the gateway's call until", "p50", "p99", "payments"], rows);
}

/** From the commit until Telegram has answered the call that sends the message. */
const messageMs = ({ bookedMs, toldMs }: { bookedMs: number; toldMs: number }): number =>
  toldMs - bookedMs;

function repaired({ repairs }: Found): string {
  const booked = repairs.map(({ bookedMs }) => bookedMs / 1_000);
  const told = repairs.map(({ toldMs }) => toldMs / 1_000);
  const everyS = usualPolling.everyMs / 1_000;
  const worst = everyS + Math.max(...booked);
  const waiting = `the worst case: ${everyS} s until a pass begins, and the longest of these`;
  return table(
    [`s from a pass's beginning, for ${repairs.length} payments nobody told us of, until`, "B"],
    [
      ["the payment is in the books", spread(booked, 2)],
      ["the customer is told", spread(told, 2)],
      [waiting, worst.toFixed(1)],
    ],
  );
}

function targets(found: Found): string {
  const lines: string[] = [];
  if (concurrenciesOf(found).includes(wanted.atOnce)) {
    const ratio = median(ratios(found, wanted.atOnce));
    lines.push(verdict(`B/A of ${wanted.ratio}, ${wanted.atOnce} at once`, ratio >= wanted.ratio));
  }
  const alone = of(found, 1, "B").flatMap(({ paid }) => paid);
  if (alone.length > 0) {
    const booked = alone.map(({ bookedMs }) => bookedMs);
    const told = alone.map(({ toldMs }) => toldMs);
    lines.push(
      within("p99 until it is in the books, 1 at once", quantile(booked, 0.99), wanted.bookedP99Ms),
      within("p50 until the customer is told, 1 at once", quantile(told, 0.5), wanted.toldP50Ms),
      within("p99 until the customer is told, 1 at once", quantile(told, 0.99), wanted.toldP99Ms),
      within(
        "p50 from the commit until the customer is told, 1 at once",
        quantile(alone.map(messageMs), 0.5),
        wanted.messageP50Ms,
      ),
    );
  }
  const { payment, calendar } = found.weights.B;
  const events = payment.events + calendar.events;
  lines.push(verdict(`${wanted.events} events at most`, events <= wanted.events));
  if (found.failures > 0) lines.push(`Tries of steps that failed: ${found.failures}`);
  return `Wanted: ${lines.join("; ")}.`;
}

const within = (what: string, ms: number, mostMs: number): string =>
  verdict(`${what} ${mostMs} ms at most`, ms <= mostMs);

const verdict = (what: string, met: boolean): string => `${what}: ${met ? "met" : "missed"}`;
