// Memory of a running `npm start`, by process, and what an hour of a busy shop adds to it:
//   npm start               in one terminal, the demo, and wait until it is up
//   npm run bench:memory    in another (Linux; --persons 0 only looks)
// TOLLGATE_DATA and EMULATOR_URL as for npm start.
// PSS shares out the pages that processes share, so its sum is what the machine would have back.
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

/** PSS in MB of each part, the largest first. */
function look(): Map<string, number> {
  const children = childrenOf(values.data);
  const [one] = children;
  const starter =
    one === undefined ? [] : [{ name: "npm start itself", pids: [parentOf(one.pid)] }];
  const parts = [...children.map(({ name, pid }) => ({ name, pids: familyOf(pid) })), ...starter];
  const used = parts.map(({ name, pids }) => [name, memoryOf(pids).pssMb] as const);
  return new Map(used.toSorted(([, a], [, b]) => b - a));
}

/** Each person is let in and pays their share, several persons at a time. */
async function work(): Promise<void> {
  const customers = new Customers(values.emulator, Number(values.admin));
  const persons = Number(values.persons);
  const begun = Array.from({ length: persons }, (_, index) => index).values();
  const lanes = Array.from({ length: Number(values["at-once"]) }, async () => {
    for (const index of begun) {
      const person = await customers.letIn();
      const [from, to] = [index, index + 1].map((n) =>
        Math.floor((n * Number(values.payments)) / persons),
      );
      for (let left = to! - from!; left > 0; left -= 1) {
        const { told } = await customers.pays(person, await customers.orders(person));
        await told;
      }
      person.leave();
    }
  });
  await Promise.all(lanes);
}

const sum = (used: ReadonlyMap<string, number>) =>
  [...used.values()].reduce((all, mb) => all + mb, 0);

const before = look();
const looks = [before];
if (Number(values.persons) > 0) {
  await work();
  looks.push(look());
}
const rows = [...before.keys()].map((name) => [
  name,
  ...looks.map((used) => shown(used.get(name))),
]);
rows.push(["all", ...looks.map((used) => shown(sum(used)))]);
console.log(table(["MB PSS", "before", "after"].slice(0, 1 + looks.length), rows));

function shown(mb: number | undefined): string {
  return mb === undefined ? "" : mb.toFixed(0);
}
