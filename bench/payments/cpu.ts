import { readdirSync, readFileSync } from "node:fs";

/** Linux reports times in hundredths of a second on every architecture. */
const jiffyMs = 10;

interface ProcessTime {
  readonly parent: number;
  readonly ms: number;
}

/**
 * Processor time in milliseconds of these processes and all their descendants;
 * undefined except on Linux.
 */
export function cpuMs(pids: readonly number[]): number | undefined {
  if (process.platform !== "linux") return undefined;
  const all = new Map<number, ProcessTime>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/u.test(entry))) {
    const used = readProcessTime(name);
    if (used !== undefined) all.set(Number(name), used);
  }
  const family = (pid: number): number => {
    const below = [...all].filter(([, { parent }]) => parent === pid).map(([child]) => child);
    return below.reduce((ms, child) => ms + family(child), all.get(pid)?.ms ?? 0);
  };
  return pids.reduce((ms, pid) => ms + family(pid), 0);
}

/**
 * proc(5): after the name in brackets come state, parent and, from the 12th field on, the times of
 * the process and of its children that have ended.
 */
function readProcessTime(pid: string): ProcessTime | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const jiffies = fields.slice(11, 15).reduce((all, field) => all + Number(field), 0);
    return { parent: Number(fields[1]), ms: jiffies * jiffyMs };
  } catch {
    // It has ended meanwhile; its time is now part of its parent's.
    return undefined;
  }
}
