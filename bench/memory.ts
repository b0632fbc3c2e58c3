// Memory of a running `npm start`, by process: npm run bench:memory (Linux; TOLLGATE_DATA as for npm start).
// RSS counts pages that processes share once for each of them; PSS shares them out, so its sum is what the
// machine would have back.
import { readdirSync, readFileSync } from "node:fs";
import { childrenOf } from "./children.ts";

interface Used {
  readonly name: string;
  readonly rssMb: number;
  readonly pssMb: number;
}

const children = childrenOf(process.env["TOLLGATE_DATA"] ?? ".tollgate");

const parentOf = (pid: number) =>
  Number(/^PPid:\s+(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

/** A process and all below it: PostgreSQL is many. */
function family(pid: number): number[] {
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
  return [pid, ...below.flatMap(family)];
}

function used(name: string, pids: readonly number[]): Used {
  const sum = { rssMb: 0, pssMb: 0 };
  for (const pid of pids) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const mb = (field: string) =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, "mu").exec(rollup)?.[1] ?? 0) / 1_024;
    sum.rssMb += mb("Rss");
    sum.pssMb += mb("Pss");
  }
  return { name, ...sum };
}

const starter = children[0] === undefined ? [] : [parentOf(children[0].pid)];
const parts = children.map(({ name, pid }) => used(name, family(pid)));
const rows = [...parts, used("npm start itself", starter)].toSorted((a, b) => b.pssMb - a.pssMb);
const total = (field: "rssMb" | "pssMb") => rows.reduce((sum, row) => sum + row[field], 0);
for (const { name, rssMb, pssMb } of [
  ...rows,
  { name: "all", rssMb: total("rssMb"), pssMb: total("pssMb") },
]) {
  console.log(
    `${name.padEnd(18)} ${pssMb.toFixed(0).padStart(5)} MB PSS ${rssMb.toFixed(0).padStart(5)} MB RSS`,
  );
}
