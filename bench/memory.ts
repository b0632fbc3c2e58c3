// Measures the memory of a running `npm start`, by process, and what a busy hour adds to it:
//   npm start               in one terminal, the demo, and wait until it is up
//   npm run bench:memory    in another (Linux; --persons 0 only measures)
// TOLLGATE_DATA and EMULATOR_URL as for npm start.
// PSS divides shared pages among the processes that share them: its sum is the memory in all.
import { parseArgs } from "node:util";
import { familyOf, memoryOf, parentOf } from "../test/drivers/memory.ts";
import { childrenOf } from "./children.ts";
import { Customers } from "./customers.ts";
import { table } from "./payments/table.ts";

const { values } = parseArgs({
  options: {
    emulator: { type: "string", default: process.env["EMULATOR_URL"] ?? "http://127.0.0.1:8081" },
    data: { type: "string", default: process.env["TOLLGATE_DATA"] ?? ".tollgate" },
    admin: { type: "string", default: "1001" },
    persons: { type: "string", default: "240" },
    payments: { type: "string", default: "440" },
    "at-once": { type: "string", default: "4" },
  },
});

/** PSS of each process in MB, the largest first. */
function measureMemory(): Map<string, number> {
  const children = childrenOf(values.data);
  const [one] = children;
  const starter =
    one === undefined ? [] : [{ name: "npm start itself", pids: [parentOf(one.pid)] }];
  const parts = [...children.map(({ name, pid }) => ({ name, pids: familyOf(pid) })), ...starter];
  const used = parts.map(({ name, pids }) => [name, memoryOf(pids).pssMb] as const);
  return new Map(used.toSorted(([, a], [, b]) => b - a));
}

/** Admits customers, several at a time; each makes their share of the payments. */
async function playCustomers(): Promise<void> {
  const customers = new Customers(values.emulator, Number(values.admin));
  const persons = Number(values.persons);
  const indexes = Array.from({ length: persons }, (_, index) => index).values();
  const lanes = Array.from({ length: Number(values["at-once"]) }, async () => {
    for (const index of indexes) {
      const person = await customers.admit();
      const [from, to] = [index, index + 1].map((n) =>
        Math.floor((n * Number(values.payments)) / persons),
      );
      for (let left = to! - from!; left > 0; left -= 1) {
        const { notifiedAt } = await customers.pay(person, await customers.orderMonth(person));
        await notifiedAt;
      }
      person.close();
    }
  });
  await Promise.all(lanes);
}

const sum = (used: ReadonlyMap<string, number>) =>
  [...used.values()].reduce((all, mb) => all + mb, 0);

const before = measureMemory();
const measurements = [before];
if (Number(values.persons) > 0) {
  await playCustomers();
  measurements.push(measureMemory());
}
const rows = [...before.keys()].map((name) => [
  name,
  ...measurements.map((used) => formatMb(used.get(name))),
]);
rows.push(["all", ...measurements.map((used) => formatMb(sum(used)))]);
console.log(table(["MB PSS", "before", "after"].slice(0, 1 + measurements.length), rows));

function formatMb(mb: number | undefined): string {
  return mb === undefined ? "" : mb.toFixed(0);
}
