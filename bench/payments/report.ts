import { usualPolling } from "../../activities/operations/reconciliation/polling.ts";
import { formatCosts, type Results } from "./costs.ts";
import { median, quantile, spread } from "./figures.ts";
import type { Round } from "./rounds.ts";
import type { ServerKind } from "./servers.ts";
import { table } from "./table.ts";

const headings: Readonly<Record<ServerKind, string>> = {
  dev: "Temporal's development server, in memory",
  postgres: "Temporal on PostgreSQL",
};

/** The targets: the ratio at the highest concurrency, the times of a payment made alone. */
const targets = {
  ratio: 0.75,
  atOnce: 50,
  bookedP99Ms: 120,
  notifiedP50Ms: 50,
  notifiedP99Ms: 160,
  messageP50Ms: 20,
  events: 36,
};

/** All results for one kind of server, as Markdown. */
export function formatReport(kind: ServerKind, found: Results): string {
  const parts = [
    formatRates(found),
    formatLatencies(found),
    formatRepairs(found),
    ...formatCosts(found),
    formatTargets(found),
  ];
  return [`## ${headings[kind]}`, ...warnOfMissingRounds(found), ...parts].join("\n\n");
}

/** Figures from fewer rounds than planned are not worth keeping. */
function warnOfMissingRounds({ rounds, pairs }: Results): string[] {
  const played = rounds.filter(({ side }) => side === "B").length;
  if (played >= pairs) return [];
  const hint = "give it more --minutes, or a machine with nothing else to do";
  return [`Not to be kept: ${played} of ${pairs} pairs of rounds fitted into the time; ${hint}.`];
}

const roundsOf = ({ rounds }: Results, concurrency: number, side?: Round["side"]): Round[] =>
  rounds.filter((it) => it.concurrency === concurrency && (side ?? it.side) === it.side);

const concurrenciesOf = ({ rounds }: Results): number[] => [
  ...new Set(rounds.map(({ concurrency }) => concurrency)),
];

/** The rate of each round of B divided by that of the round of A just before it. */
function ratios(found: Results, concurrency: number): number[] {
  const a = roundsOf(found, concurrency, "A");
  const b = roundsOf(found, concurrency, "B");
  return b.map(({ perSecond }, at) => perSecond / (a[at]?.perSecond ?? Number.NaN));
}

function formatRates(found: Results): string {
  const rows = concurrenciesOf(found).map((concurrency) => {
    const [a = [], b = []] = (["A", "B"] as const).map((side) =>
      roundsOf(found, concurrency, side).map(({ perSecond }) => perSecond),
    );
    const ratio = spread(ratios(found, concurrency), 2);
    return [`${concurrency} at once`, spread(a, 2), spread(b, 2), ratio, String(b.length)];
  });
  return table(["payments a second, median (least..most)", "A", "B", "B/A", "rounds"], rows);
}

function formatLatencies(found: Results): string {
  const rows = concurrenciesOf(found).flatMap((concurrency) => {
    const paid = roundsOf(found, concurrency, "B").flatMap((round) => round.paid);
    const row = (what: string, values: number[]) => [
      `${what}, ${concurrency} at once`,
      quantile(values, 0.5).toFixed(0),
      quantile(values, 0.99).toFixed(0),
      String(values.length),
    ];
    const booked = paid.map(({ bookedMs }) => bookedMs);
    const notified = paid.map(({ notifiedMs }) => notifiedMs);
    return [
      row("it is in the books", booked),
      row("the customer is told", notified),
      row("the customer is told, from the commit on", paid.map(messageMs)),
    ];
  });
  return table(["ms from the gateway's call until", "p50", "p99", "payments"], rows);
}

/** From the commit until Telegram has accepted the message. */
const messageMs = ({ bookedMs, notifiedMs }: { bookedMs: number; notifiedMs: number }): number =>
  notifiedMs - bookedMs;

function formatRepairs({ repairs }: Results): string {
  const booked = repairs.map(({ bookedMs }) => bookedMs / 1_000);
  const notified = repairs.map(({ notifiedMs }) => notifiedMs / 1_000);
  const everyS = usualPolling.everyMs / 1_000;
  const worst = everyS + Math.max(...booked);
  const waiting = `the worst case: ${everyS} s until a pass begins, and the longest of these`;
  return table(
    [`s from a pass's beginning, for ${repairs.length} payments nobody told us of, until`, "B"],
    [
      ["the payment is in the books", spread(booked, 2)],
      ["the customer is told", spread(notified, 2)],
      [waiting, worst.toFixed(1)],
    ],
  );
}

function formatTargets(found: Results): string {
  const lines: string[] = [];
  if (concurrenciesOf(found).includes(targets.atOnce)) {
    const ratio = median(ratios(found, targets.atOnce));
    lines.push(
      verdict(`B/A of ${targets.ratio}, ${targets.atOnce} at once`, ratio >= targets.ratio),
    );
  }
  const alone = roundsOf(found, 1, "B").flatMap(({ paid }) => paid);
  if (alone.length > 0) {
    const booked = alone.map(({ bookedMs }) => bookedMs);
    const notified = alone.map(({ notifiedMs }) => notifiedMs);
    lines.push(
      within(
        "p99 until it is in the books, 1 at once",
        quantile(booked, 0.99),
        targets.bookedP99Ms,
      ),
      within(
        "p50 until the customer is told, 1 at once",
        quantile(notified, 0.5),
        targets.notifiedP50Ms,
      ),
      within(
        "p99 until the customer is told, 1 at once",
        quantile(notified, 0.99),
        targets.notifiedP99Ms,
      ),
      within(
        "p50 from the commit until the customer is told, 1 at once",
        quantile(alone.map(messageMs), 0.5),
        targets.messageP50Ms,
      ),
    );
  }
  const { payment, calendar } = found.weights.B;
  const events = payment.events + calendar.events;
  lines.push(verdict(`${targets.events} events at most`, events <= targets.events));
  if (found.failures > 0) lines.push(`Tries of steps that failed: ${found.failures}`);
  return `Wanted: ${lines.join("; ")}.`;
}

const within = (what: string, ms: number, mostMs: number): string =>
  verdict(`${what} ${mostMs} ms at most`, ms <= mostMs);

const verdict = (what: string, met: boolean): string => `${what}: ${met ? "met" : "missed"}`;
