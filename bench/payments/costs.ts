import type { EnvironmentPart } from "./environment.ts";
import { sum } from "./figures.ts";
import type { Footprint, Footprints } from "./footprint.ts";
import type { Repair } from "./repair.ts";
import type { Round } from "./rounds.ts";
import type { Step } from "./step.ts";
import { table } from "./table.ts";

/** What was measured on one kind of server. */
export interface Results {
  readonly rounds: readonly Round[];
  /** The planned number of pairs of rounds. */
  readonly pairs: number;
  readonly repairs: readonly Repair[];
  readonly weights: { readonly A: Footprints; readonly B: Footprints };
  /** Failed attempts of steps. */
  readonly failures: number;
}

/** Tables of what each payment costs, and of which steps cost more than their share. */
export const formatCosts = (found: Results): string[] => [
  formatFootprints(found),
  formatProcessorTime(found),
  formatSteps(found),
];

const row = (what: string, a: number, b: number): string[] => [
  what,
  a.toFixed(0),
  b.toFixed(0),
  a === 0 ? "" : (b / a).toFixed(2),
];

/** What a payment leaves in Temporal, and the statements it sends to PostgreSQL. */
function formatFootprints({ weights: { A, B } }: Results): string {
  const both = (what: string, of: (weight: Footprint) => number) => [
    row(`${what} of the payment`, of(A.payment), of(B.payment)),
    row(`${what} of the customer's calendar`, of(A.calendar), of(B.calendar)),
  ];
  return table(
    ["each payment adds", "A", "B", "B/A"],
    [
      ...both("events", ({ events }) => events),
      ...both("bytes of history", ({ bytes }) => bytes),
      ...both("state transitions", ({ transitions }) => transitions),
      row(
        "statements to PostgreSQL of the payment's steps",
        A.payment.statements,
        B.payment.statements,
      ),
      row("all statements, with those of the messages' loop", A.counted, B.counted),
    ],
  );
}

const partNames: Readonly<Record<string, readonly EnvironmentPart[]>> = {
  "the side's worker": ["worker A", "worker B"],
  "the product's api": ["api"],
  Temporal: ["Temporal"],
  PostgreSQL: ["PostgreSQL"],
  "the emulated outside": ["emulators"],
  "who starts, pays and measures": ["payers"],
};

/** Processor time at the highest concurrency, where it is scarce. */
function formatProcessorTime({ rounds }: Results): string {
  const most = Math.max(...rounds.map(({ concurrency }) => concurrency));
  const used = (side: Round["side"], parts: readonly EnvironmentPart[]): number => {
    const own = rounds.filter((round) => round.concurrency === most && round.side === side);
    const theirs = side === "A" ? "worker B" : "worker A";
    const counted = parts.filter((part) => part !== theirs);
    const ms = own.map(({ cpu }) => sum(counted.map((part) => cpu[part] ?? Number.NaN)));
    return sum(ms) / sum(own.map(({ paid }) => paid.length));
  };
  const all = Object.values(partNames).flat();
  const more = used("B", all) - used("A", all);
  if (Number.isNaN(more)) return "Processor time is known on Linux alone.";
  const line = ([what, parts]: readonly [string, readonly EnvironmentPart[]]) => {
    const a = used("A", parts);
    const b = used("B", parts);
    return [what, a.toFixed(1), b.toFixed(1), percent((b - a) / more)];
  };
  return table(
    [`ms of processor time a payment, ${most} at once`, "A", "B", "of what B uses more"],
    [...Object.entries(partNames).map(line), line(["all", all])],
  );
}

interface Cost {
  readonly name: string;
  readonly calls: number;
  readonly statements: number;
  /** Per payment, one value for each concurrency. */
  readonly ms: readonly number[];
  readonly share: number;
}

/** A step that takes this many times the average of all steps is marked. */
const markedFrom = 1.5;

function formatSteps(found: Results): string {
  const concurrencies = [...new Set(found.rounds.map(({ concurrency }) => concurrency))];
  const known = costsOf(found.rounds, concurrencies);
  const rows = known.map(({ name, calls, statements, ms, share }) => {
    const times = share * known.length;
    const pointer = times > markedFrom ? `◄ ${times.toFixed(1)} times its share` : "";
    const figures = ms.map((one) => one.toFixed(1));
    return [name, calls.toFixed(1), statements.toFixed(1), ...figures, percent(share), pointer];
  });
  const bare = concurrencies.map((concurrency) => {
    const own = found.rounds.filter((it) => it.side === "A" && it.concurrency === concurrency);
    const ms = sum(own.flatMap((round) => round.steps.map(({ tookMs }) => tookMs)));
    return (ms / sum(own.map(({ paid }) => paid.length))).toFixed(1);
  });
  rows.push(["all steps of A", "", "", ...bare, "", ""]);
  const times = concurrencies.map((concurrency) => `ms, ${concurrency} at once`);
  return table(
    ["step of B", "calls", "statements", ...times, "share", "more than its share"],
    rows,
  );
}

/** The steps of B, the longest first; shares are of the time at the lowest concurrency. */
function costsOf(rounds: readonly Round[], concurrencies: readonly number[]): Cost[] {
  const ours = rounds.filter(({ side }) => side === "B");
  const names = [...new Set(ours.flatMap((round) => round.steps.map(({ step }) => step)))];
  const perPayment = (concurrency: number, name: string, of: (step: Step) => number): number => {
    const own = ours.filter((round) => round.concurrency === concurrency);
    const taken = own.flatMap((round) => round.steps.filter(({ step }) => step === name));
    return sum(taken.map(of)) / sum(own.map(({ paid }) => paid.length));
  };
  const [fewest = 1] = concurrencies;
  const msOf = (name: string) =>
    concurrencies.map((concurrency) => perPayment(concurrency, name, ({ tookMs }) => tookMs));
  const total = sum(names.map((name) => msOf(name)[0] ?? 0));
  const known = names.map((name): Cost => {
    const ms = msOf(name);
    return {
      name,
      calls: perPayment(fewest, name, () => 1),
      statements: perPayment(fewest, name, ({ statements }) => statements),
      ms,
      share: (ms[0] ?? 0) / total,
    };
  });
  return known.toSorted((one, other) => other.share - one.share);
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
