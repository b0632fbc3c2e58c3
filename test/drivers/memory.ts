import { readdirSync, readFileSync } from "node:fs";

/** Memory of processes, in MB. */
export interface Memory {
  readonly rssMb: number;
  /**
   * Divides shared pages among the processes that share them:
   * its sum is the memory they take in all.
   */
  readonly pssMb: number;
}

/**
 * The id of a process's parent. Linux only.
 * @throws Error when there is no such process.
 */
export const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** The memory of these processes together. Linux only. */
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

/** The ids of a process and all of its descendants, e.g. of PostgreSQL. Linux only. */
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
