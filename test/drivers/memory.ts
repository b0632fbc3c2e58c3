import { readdirSync, readFileSync } from "node:fs";

export interface Memory {
  readonly rssMb: number;
  /** Pages that processes share are shared out, so that its sum is what the machine would have back. */
  readonly pssMb: number;
}

/** @throws where there is no such process. Linux only. */
export const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** What these processes use together. Linux only. */
export function memoryOf(pids: readonly number[]): Memory {
  return pids.reduce(
    (sum, one) => {
      const rollup = readFileSync(`/proc/${one}/smaps_rollup`, "utf8");
      const mb = (field: string) =>
        Number(new RegExp(`^${field}:\\s+(\\d+)`, "mu").exec(rollup)?.[1] ?? 0) / 1_024;
      return { rssMb: sum.rssMb + mb("Rss"), pssMb: sum.pssMb + mb("Pss") };
    },
    { rssMb: 0, pssMb: 0 },
  );
}

/** A process and all below it: PostgreSQL is many. Linux only. */
export function familyOf(pid: number): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map(Number);
  const below = all.filter((other) => {
    try {
      return parentOf(other) === pid;
    } catch {
      return false;
    }
  });
  return [pid, ...below.flatMap(familyOf)];
}
