// Measures how soon the bot answers /start, and how soon a customer who has paid gets the message
// although the worker is killed in between:
//   npm start               in one terminal, the demo, and wait until it is up
//   npm run bench:answers   in another (it kills that worker; not with --kills 0)
// TOLLGATE_DATA and EMULATOR_URL as for npm start.
import { parseArgs } from "node:util";
import { eventually } from "../test/drivers/eventually.ts";
import { childrenOf } from "./children.ts";
import { Customers } from "./customers.ts";
import type { ObservedPerson } from "./observed-person.ts";
import { quantile } from "./payments/figures.ts";
import { table } from "./payments/table.ts";

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

/** Milliseconds from /start to the bot's first message. */
async function measureStart(person: ObservedPerson): Promise<number> {
  const answeredAt = person.waitForMessageTime(() => true);
  const sentMs = performance.now();
  await person.send("/start");
  return (await answeredAt) - sentMs;
}

async function measureOneByOne(times: number): Promise<number[]> {
  const took: number[] = [];
  for (let left = times; left > 0; left -= 1) {
    const person = await customers.open();
    took.push(await measureStart(person));
    person.close();
  }
  return took;
}

async function measureTogether(size: number): Promise<number[]> {
  const people = await Promise.all(Array.from({ length: size }, () => customers.open()));
  const took = await Promise.all(people.map(measureStart));
  for (const person of people) person.close();
  return took;
}

/**
 * Kills the worker when the Stars have moved. Returns the milliseconds
 * until the customer gets the message.
 */
async function measurePayAndKill(): Promise<number> {
  const person = await customers.admit();
  const bill = await customers.orderMonth(person);
  const workerPid = pidOf("worker");
  const { notifiedAt } = await customers.pay(person, bill);
  const paidMs = performance.now();
  process.kill(workerPid, "SIGKILL");
  const tookMs = (await notifiedAt) - paidMs;
  person.close();
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

const rows = [
  row("/start → answer, one after another", await measureOneByOne(Number(values.starts))),
];
for (const size of values.crowd.split(",").map(Number)) {
  rows.push(row(`/start → answer, ${size} persons at once`, await measureTogether(size)));
}
const killed: number[] = [];
for (let left = Number(values.kills); left > 0; left -= 1) killed.push(await measurePayAndKill());
if (killed.length > 0) rows.push(row("paid → told, the worker killed in between", killed));
console.log(table(["ms", "times", "p50", "p99", "most"], rows));
