// How soon the bot answers /start, and how soon whoever has paid is told although the worker was killed in between:
//   npm start               in one terminal, the demo, and wait until it is up
//   npm run bench:answers   in another (it kills that worker: --kills 0 leaves it alive)
// TOLLGATE_DATA and EMULATOR_URL as for npm start.
import { parseArgs } from "node:util";
import { eventually } from "../test/drivers/eventually.ts";
import { childrenOf } from "./children.ts";
import { Customers } from "./customers.ts";
import { quantile } from "./payments/figures.ts";
import { table } from "./payments/table.ts";
import type { Watched } from "./watched.ts";

const { values } = parseArgs({
  options: {
    emulator: { type: "string", default: process.env["EMULATOR_URL"] ?? "http://127.0.0.1:8081" },
    data: { type: "string", default: process.env["TOLLGATE_DATA"] ?? ".tollgate" },
    admin: { type: "string", default: "1001" },
    starts: { type: "string", default: "200" },
    crowd: { type: "string", default: "25,50" },
    kills: { type: "string", default: "5" },
  },
});

const customers = new Customers(values.emulator, Number(values.admin));

/** From /start to the first thing that the bot says. */
async function start(person: Watched): Promise<number> {
  const told = person.told(() => true);
  const saidMs = performance.now();
  await person.send("/start");
  return (await told) - saidMs;
}

async function oneByOne(times: number): Promise<number[]> {
  const took: number[] = [];
  for (let left = times; left > 0; left -= 1) {
    const person = await customers.open();
    took.push(await start(person));
    person.leave();
  }
  return took;
}

async function together(size: number): Promise<number[]> {
  const people = await Promise.all(Array.from({ length: size }, () => customers.open()));
  const took = await Promise.all(people.map(start));
  for (const person of people) person.leave();
  return took;
}

/** The Stars have moved, and the worker dies: until the customer is told. */
async function payAndKill(): Promise<number> {
  const person = await customers.letIn();
  const bill = await customers.orders(person);
  const workerPid = pidOf("worker");
  const { told } = await customers.pays(person, bill);
  const paidMs = performance.now();
  process.kill(workerPid, "SIGKILL");
  const tookMs = (await told) - paidMs;
  person.leave();
  await eventually(() => {
    if (pidOf("worker") === workerPid) throw new Error("no new worker");
  });
  return tookMs;
}

function pidOf(name: string): number {
  const found = childrenOf(values.data).find((child) => child.name === name);
  if (found === undefined) throw new Error(`no ${name} runs in ${values.data}: is npm start up?`);
  return found.pid;
}

const row = (what: string, took: readonly number[]): string[] => [
  what,
  String(took.length),
  ...[0.5, 0.99, 1].map((share) => String(Math.round(quantile(took, share)))),
];

const rows = [row("/start → answer, one after another", await oneByOne(Number(values.starts)))];
for (const size of values.crowd.split(",").map(Number)) {
  rows.push(row(`/start → answer, ${size} persons at once`, await together(size)));
}
const killed: number[] = [];
for (let left = Number(values.kills); left > 0; left -= 1) killed.push(await payAndKill());
if (killed.length > 0) rows.push(row("paid → told, the worker killed in between", killed));
console.log(table(["ms", "times", "p50", "p99", "most"], rows));
