import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A process of `npm start`. */
export interface Child {
  readonly name: string;
  readonly pid: number;
}

/**
 * The processes of a running `npm start` with this data directory.
 * @throws Error when none is running.
 */
export function childrenOf(dataFolder: string): readonly Child[] {
  const file = join(resolve(dataFolder), "run.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { children: Child[] }).children;
}
