import { type CompletedPayment, type Contender, Queue } from "./contender.ts";
import { cpuMs } from "./cpu.ts";
import type { Environment, EnvironmentPart } from "./environment.ts";
import { sum } from "./figures.ts";
import type { StepLog } from "./step-log.ts";
import { nowMs, type Step } from "./step.ts";

/** A period in which `concurrency` customers at a time made one payment after the other. */
export interface Round {
  readonly side: Contender["name"];
  readonly concurrency: number;
  readonly perSecond: number;
  readonly paid: readonly CompletedPayment[];
  readonly steps: readonly Step[];
  /** Processor time of each part in milliseconds; absent where it is not known. */
  readonly cpu: Readonly<Partial<Record<EnvironmentPart, number>>>;
}

/** Which rounds to play. */
export interface Plan {
  readonly rounds: number;
  readonly concurrencies: readonly number[];
  /** The most payments of one round. */
  readonly payments: number;
  /** No pair but the first begins after this time. */
  readonly endMs: number;
}

/** How long a round starts new payments. */
const openMs = { least: 1_000, most: 15_000 } as const;

/**
 * Plays interleaved rounds, A B A B …: as many as planned if the time allows,
 * and at least one pair.
 */
export async function playRounds(
  environment: Environment,
  sides: readonly Contender[],
  plan: Plan,
  say: (line: string) => void,
): Promise<Round[]> {
  const played: Round[] = [];
  const pairs = Array.from({ length: plan.rounds }, () => plan.concurrencies).flat();
  /** How long the last payments of a round take to end, by concurrency. */
  const tailsMs = new Map<number, number>();
  for (const [at, concurrency] of pairs.entries()) {
    const leftMs = plan.endMs - nowMs();
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
      const round = await playRound(environment, side, limits);
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
  /** No payment begins after this time; at least `concurrency` payments are made. */
  readonly openMs: number;
  readonly payments: number;
}

async function playRound(
  environment: Environment,
  side: Contender,
  limits: Limits,
): Promise<Round> {
  const { concurrency, payments } = limits;
  const before = readUsage(environment);
  environment.stepLog.takeSteps();
  const begunMs = nowMs();
  const paid: CompletedPayment[] = [];
  let begun = 0;
  const queue = new Queue(side);
  const payInTurn = async () => {
    do {
      begun += 1;
      paid.push(await queue.pay());
    } while (nowMs() - begunMs < limits.openMs && begun < payments);
  };
  await Promise.all(Array.from({ length: concurrency }, payInTurn));
  const seconds = (nowMs() - begunMs) / 1_000;
  const steps = environment.stepLog.takeSteps();
  return {
    side: side.name,
    concurrency,
    perSecond: paid.length / seconds,
    paid,
    steps,
    cpu: difference(readUsage(environment), before),
  };
}

type Usage = Partial<Record<EnvironmentPart, number>>;

/** Our own process is the payers; the other parts are processes of their own. */
function readUsage({ parts }: Pick<Environment, "parts">): Usage {
  const used = Object.entries(parts).map(([part, pids]) => [part, cpuMs(pids)] as const);
  const { user, system } = process.cpuUsage();
  const known = Object.fromEntries(used.filter(([, ms]) => ms !== undefined));
  return { ...known, payers: (user + system) / 1_000 };
}

const difference = (after: Usage, before: Usage): Usage =>
  Object.fromEntries(
    Object.entries(after).map(([part, ms]) => [part, ms - (before[part as EnvironmentPart] ?? 0)]),
  );

/**
 * Makes payments on each side until V8 has compiled what runs often: a real worker runs for weeks.
 */
export async function warmUp(
  sides: readonly Contender[],
  stepLog: StepLog,
  { warmUp: payments, concurrency }: { readonly warmUp: number; readonly concurrency: number },
): Promise<void> {
  for (const side of sides) {
    let left = payments;
    const queue = new Queue(side);
    const payInTurn = async () => {
      for (left -= 1; left >= 0; left -= 1) await queue.pay();
    };
    await Promise.all(Array.from({ length: concurrency }, payInTurn));
    stepLog.takeSteps();
  }
}
