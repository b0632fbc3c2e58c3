import { readdirSync, readFileSync } from "node:fs";

/** A hundredth of a second on every Linux that there is. */
const tickMs = 10;

interface Used {
  readonly parent: number;
  readonly ms: number;
}

/** What each of these processes, and all below it, has used of the processors; undefined but on Linux. */
export function cpuMs(pids: readonly number[]): number | undefined {
  if (process.platform !== "linux") return undefined;
  const all = new Map<number, Used>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/u.test(entry))) {
    const used = usedBy(name);
    if (used !== undefined) all.set(Number(name), used);
  }
  const family = (pid: number): number => {
    const below = [...all].filter(([, { parent }]) => parent === pid).map(([child]) => child);
    return below.reduce((ms, child) => ms + family(child), all.get(pid)?.ms ?? 0);
  };
  return pids.reduce((ms, pid) => ms + family(pid), 0);
}

/** proc(5), behind the name in brackets: state, parent and, from the 12th on, its times and its dead children's. */
function usedBy(pid: string): Used | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((all, field) => all + Number(field), 0);
    return { parent: Number(fields[1]), ms: ticks * tickMs };
  } catch {
    // It has ended meanwhile; its parent has its time.
    return undefined;
  }
}
