import { parseArgs } from "node:util";
import { UserError } from "../../tools/servers/process.ts";
import { type ServerKind, serverKinds } from "./servers.ts";

/** The parsed flags of `npm run bench`. */
export interface Options {
  readonly rounds: number;
  readonly concurrencies: readonly number[];
  readonly servers: readonly ServerKind[];
  /** The most payments of one round. */
  readonly payments: number;
  /** Payments of each side before anything is measured. */
  readonly warmUp: number;
  /** Rounds that have not begun within this time are left out. */
  readonly minutes: number;
}

/**
 * Parses the flags.
 * @throws UserError that says what a flag must be.
 */
export function readOptions(args: readonly string[]): Options {
  const { rounds, concurrency, server, payments, minutes, "warm-up": warmUp } = parseFlags(args);
  const servers = server === "both" ? serverKinds : serverKinds.filter((kind) => kind === server);
  if (servers.length === 0) throw new UserError(`--server: must be dev, postgres or both`);
  const concurrencies = concurrency
    .split(",")
    .map((one) => parseWholeNumber("concurrency", one, 200));
  return {
    rounds: parseWholeNumber("rounds", rounds, 1_000),
    concurrencies: [...new Set(concurrencies)].toSorted((a, b) => a - b),
    servers,
    payments: parseWholeNumber("payments", payments, 100_000),
    warmUp: parseWholeNumber("warm-up", warmUp, 100_000),
    minutes: parseWholeNumber("minutes", minutes, 1_000),
  };
}

function parseFlags(args: readonly string[]) {
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

function parseWholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UserError(`--${flag}: must be whole numbers from 1 to ${most}, not "${text}"`);
}
