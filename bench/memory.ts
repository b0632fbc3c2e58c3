// Memory of a running `npm start`, by process: npm run bench:memory (Linux; TOLLGATE_DATA as for npm start).
// RSS counts pages that processes share once for each of them; PSS shares them out, so its sum is what the
// machine would have back.
import { familyOf, memoryOf, parentOf } from "../test/support/memory.ts";
import { childrenOf } from "./children.ts";

const children = childrenOf(process.env["TOLLGATE_DATA"] ?? ".tollgate");

const used = (name: string, pids: readonly number[]) => ({ name, ...memoryOf(pids) });

const starter = children[0] === undefined ? [] : [parentOf(children[0].pid)];
const parts = children.map(({ name, pid }) => used(name, familyOf(pid)));
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
