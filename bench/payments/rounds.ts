import { type Contender, type Paid, Queue } from "./contender.ts";
import { cpuMs } from "./cpu.ts";
import type { Environment, EnvironmentPart } from "./environment.ts";
import { sum } from "./figures.ts";
import type { StepLog } from "./step-log.ts";
import { nowMs, type Step } from "./told.ts";

/** A time in which so many customers at once paid one payment after the other. */
export interface Round {
  readonly side: Contender["name"];
  readonly concurrency: number;
  readonly perSecond: number;
  readonly paid: readonly Paid[];
  readonly steps: readonly Step[];
  /** What each part of the machine used of its processors; absent where that is not known. */
  readonly cpu: Readonly<Partial<Record<EnvironmentPart, number>>>;
}

export interface Plan {
  readonly rounds: number;
  readonly concurrencies: readonly number[];
  /** At most so many in one round. */
  readonly payments: number;
  /** After this no pair begins but the first. */
  readonly untilMs: number;
}

/** How long payments begin in a round. */
const openMs = { least: 1_000, most: 15_000 } as const;

/** Interleaved rounds, A B A B …, as many as the plan has and the time allows, and one pair at least. */
export async function playRounds(
  plant: Environment,
  sides: readonly Contender[],
  plan: Plan,
  say: (line: string) => void,
): Promise<Round[]> {
  const played: Round[] = [];
  const pairs = Array.from({ length: plan.rounds }, () => plan.concurrencies).flat();
  /** How long payments that have begun take to end. */
  const tailsMs = new Map<number, number>();
  for (const [at, concurrency] of pairs.entries()) {
    const leftMs = plan.untilMs - nowMs();
    const ahead = pairs.slice(at).map((each) => 2 * (tailsMs.get(each) ?? 0));
    if (at > 0 && leftMs < (ahead[0] ?? 0)) return played;
    const fairMs = (leftMs - sum(ahead)) / (2 * ahead.length);
    const limits = {
      concurrency,
      openMs: Math.min(openMs.most, Math.max(openMs.least, fairMs)),
      payments: plan.payments,
    };
    for (const side of sides) {
      await side.prepare();
      const begunMs = nowMs();
      const round = await playRound(plant, side, limits);
      tailsMs.set(concurrency, Math.max(0, nowMs() - begunMs - limits.openMs));
      played.push(round);
      const rate = `${round.paid.length} payments, ${round.perSecond.toFixed(2)}/s`;
      say(`pair ${at + 1} of ${pairs.length}, ${concurrency} at once, ${side.name}: ${rate}`);
    }
  }
  return played;
}

interface Limits {
  readonly concurrency: number;
  /** After this no payment begins; as many are made as there are at once at least. */
  readonly openMs: number;
  readonly payments: number;
}

async function playRound(plant: Environment, side: Contender, limits: Limits): Promise<Round> {
  const { concurrency, payments } = limits;
  const before = usage(plant);
  plant.ear.takeSteps();
  const begunMs = nowMs();
  const paid: Paid[] = [];
  let begun = 0;
  const queue = new Queue(side);
  const oneAfterTheOther = async () => {
    do {
      begun += 1;
      paid.push(await queue.pay());
    } while (nowMs() - begunMs < limits.openMs && begun < payments);
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterTheOther));
  const seconds = (nowMs() - begunMs) / 1_000;
  const steps = plant.ear.takeSteps();
  return {
    side: side.name,
    concurrency,
    perSecond: paid.length / seconds,
    paid,
    steps,
    cpu: difference(usage(plant), before),
  };
}

type Usage = Partial<Record<EnvironmentPart, number>>;

/** Our own process is the payers: its children are counted each by itself. */
function usage({ parts }: Pick<Environment, "parts">): Usage {
  const used = Object.entries(parts).map(([part, pids]) => [part, cpuMs(pids)] as const);
  const { user, system } = process.cpuUsage();
  const known = Object.fromEntries(used.filter(([, ms]) => ms !== undefined));
  return { ...known, payers: (user + system) / 1_000 };
}

const difference = (after: Usage, before: Usage): Usage =>
  Object.fromEntries(
    Object.entries(after).map(([part, ms]) => [part, ms - (before[part as EnvironmentPart] ?? 0)]),
  );

/** So many payments of each side, until V8 has compiled what runs often: a worker lives for weeks. */
export async function warmUp(
  sides: readonly Contender[],
  ear: StepLog,
  { warmUp: payments, concurrency }: { readonly warmUp: number; readonly concurrency: number },
): Promise<void> {
  for (const side of sides) {
    let left = payments;
    const queue = new Queue(side);
    const oneAfterTheOther = async () => {
      for (left -= 1; left >= 0; left -= 1) await queue.pay();
    };
    await Promise.all(Array.from({ length: concurrency }, oneAfterTheOther));
    ear.takeSteps();
  }
}
