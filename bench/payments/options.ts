import { parseArgs } from "node:util";
import { UserError } from "../../tools/servers/process.ts";
import { type ServerKind, serverKinds } from "./servers.ts";

export interface Options {
  readonly rounds: number;
  readonly concurrencies: readonly number[];
  readonly servers: readonly ServerKind[];
  /** At most so many in one round. */
  readonly payments: number;
  /** So many of each side come before all that is measured. */
  readonly warmUp: number;
  /** All rounds that have not begun by then are left out. */
  readonly minutes: number;
}

/** @throws Advice that says what a flag must be. */
export function readOptions(args: readonly string[]): Options {
  const { rounds, concurrency, server, payments, minutes, "warm-up": warmUp } = given(args);
  const servers = server === "both" ? serverKinds : serverKinds.filter((kind) => kind === server);
  if (servers.length === 0) throw new UserError(`--server: must be dev, postgres or both`);
  const concurrencies = concurrency.split(",").map((one) => whole("concurrency", one, 200));
  return {
    rounds: whole("rounds", rounds, 1_000),
    concurrencies: [...new Set(concurrencies)].toSorted((a, b) => a - b),
    servers,
    payments: whole("payments", payments, 100_000),
    warmUp: whole("warm-up", warmUp, 100_000),
    minutes: whole("minutes", minutes, 1_000),
  };
}

function given(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "5" },
        concurrency: { type: "string", default: "1,50" },
        server: { type: "string", default: "both" },
        payments: { type: "string", default: "500" },
        "warm-up": { type: "string", default: "800" },
        minutes: { type: "string", default: "18" },
      },
    }).values;
  } catch (error) {
    const known = "--rounds, --concurrency, --server, --payments, --warm-up, --minutes";
    throw new UserError(`${(error as Error).message}; known are ${known}`);
  }
}

function whole(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UserError(`--${flag}: must be whole numbers from 1 to ${most}, not "${text}"`);
}
