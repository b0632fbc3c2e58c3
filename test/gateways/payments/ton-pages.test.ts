import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StatementLine } from "../../../gateways/payments/port.ts";
import { ask } from "../../emulators/toncenter-client.ts";
import { readOn } from "./fixture.ts";
import {
  changeRows,
  gatewayAt,
  referenceOf,
  startTon,
  summarize,
  type Toncenter,
} from "./ton-fixture.ts";
import { startWall } from "./wall.ts";

const pardon = ({ url }: Toncenter) => ask(`${url}/control/faults`, {}, "DELETE");

/** Makes three payments, one of them in units. */
async function payThree() {
  const ton = await startTon();
  await ton.pay({ amount: "1", comment: "A" });
  await ton.pay({ amount: "2", comment: "B", jetton: "usdt" });
  await ton.pay({ amount: "3", comment: "C" });
  return ton;
}
const all = ["A: 1 GRAM", "B: 2 USDT", "C: 3 GRAM"];

test("hundreds of payments are read oldest first, each once, in few calls", async () => {
  const { pay, calls, gateway } = await startTon();
  const memos: string[] = [];
  for (let at = 1; at <= 230; at += 1) {
    const isUsdt = at % 10 === 0;
    await pay({ amount: `${at}`, comment: `M${at}`, ...(isUsdt ? { jetton: "usdt" } : {}) });
    memos.push(`M${at}: ${at} ${isUsdt ? "USDT" : "GRAM"}`);
  }
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual(memos);
  expect(new Set(lines.map(referenceOf)).size).toBe(memos.length);
  expect(await calls()).toHaveLength(1 + 2 * 3);
});

test("a statement that was read to its end stays empty until money comes", async () => {
  const { gateway, pay } = await payThree();
  const first = await readOn(gateway);
  expect(await gateway.statement(first.cursor)).toEqual({
    lines: [],
    unreadable: [],
    cursor: first.cursor,
    more: false,
  });
  await pay({ amount: "4", comment: "D" });
  expect(summarize((await readOn(gateway, first.cursor)).lines)).toEqual(["D: 4 GRAM"]);
});

test.each<[string, object]>([
  ["marked as pending", { page: "not-final", rows: 1, shown: "marked" }],
  ["marked as confirmed", { page: "not-final", rows: 1, finality: "confirmed" }],
  ["left out", { page: "not-final", rows: 1, shown: "hidden" }],
  ["behind an index that lags", { page: "lag", blocks: 1_000 }],
])("what is not final yet does not count, and comes when it is: %s", async (_, fault) => {
  const ton = await payThree();
  await ton.fault(fault);
  const early = await readOn(ton.gateway);
  expect(summarize(early.lines)).not.toContain("C: 3 GRAM");
  await pardon(ton);
  const late = await readOn(ton.gateway, early.cursor);
  expect(summarize([...early.lines, ...late.lines]).toSorted(alphabetically)).toEqual(all);
});

const alphabetically = (one: string, other: string): number => (one < other ? -1 : 1);

test("an emulated transaction is not money, even with a block", async () => {
  const ton = await payThree();
  const emulated = changeRows((rows) => rows.map((row) => ({ ...row, emulated: true })));
  const url = await startWall(ton.url, emulated);
  const gateway = await gatewayAt(ton, { TONCENTER_URL: url });
  expect(await gateway.statement("")).toEqual({
    lines: [],
    unreadable: [],
    cursor: "",
    more: false,
  });
});

test("a page that leaves out a payment does not skip it", async () => {
  const ton = await payThree();
  await ton.fault({ page: "shift", by: 1, method: "transactions", times: 1 });
  await expect(ton.gateway.statement("")).rejects.toThrow(/left out .* It is asked again/u);
  expect(summarize((await readOn(ton.gateway)).lines)).toEqual(all);
  const holed = changeRows((rows, path) =>
    path.includes("start_lt=0") ? rows.toSpliced(1, 1) : rows,
  );
  const hole = await startWall(ton.url, holed);
  const gateway = await gatewayAt(ton, { TONCENTER_URL: hole });
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual(all);
});

test("a wallet that was deleted and came back is read on", async () => {
  const ton = await startTon();
  for (const comment of ["A", "B"]) await ton.pay({ amount: "1", comment });
  const anew = changeRows((rows) => rows.map((row) => ({ ...row, prev_trans_lt: "0" })));
  const url = await startWall(ton.url, anew);
  const gateway = await gatewayAt(ton, { TONCENTER_URL: url });
  expect(summarize((await readOn(gateway)).lines)).toEqual(["A: 1 GRAM", "B: 1 GRAM"]);
});

test("an answer to another request is an outage, and the next try continues", async () => {
  const ton = await payThree();
  const { cursor } = await readOn(ton.gateway);
  await ton.pay({ amount: "4", comment: "D" });
  await ton.fault({ page: "repeat", method: "transactions", times: 1 });
  await expect(ton.gateway.statement(cursor)).rejects.toThrow("another question");
  expect(summarize((await readOn(ton.gateway, cursor)).lines)).toEqual(["D: 4 GRAM"]);
});

test("an invalid cursor is an outage that says what to do", async () => {
  const { gateway } = await payThree();
  for (const cursor of ["7", "{", '{"0:00":7}', '{"0:00":"-1"}']) {
    await expect(gateway.statement(cursor)).rejects.toThrow("delete its row");
  }
});

const currency = fc.constantFrom("GRAM", "USDT");
const times = fc.integer({ min: 1, max: 3 });
const fault = fc.oneof(
  fc.record({ page: fc.constant("repeat"), times }),
  fc.record({ page: fc.constant("shift"), by: fc.integer({ min: -3, max: 3 }), times }),
  fc.record({ page: fc.constant("lag"), blocks: fc.integer({ min: 1, max: 60 }), times }),
  fc.record({
    page: fc.constant("not-final"),
    rows: fc.integer({ min: 1, max: 3 }),
    shown: fc.constantFrom("marked", "hidden"),
    times,
  }),
  fc.record({ kind: fc.constantFrom("429", "500", "502", "drop-connection"), times }),
);
const history = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant("pay" as const), currency }),
    fc.record({ does: fc.constant("misbehave" as const), fault }),
    fc.record({ does: fc.constant("read" as const) }),
  ),
  { maxLength: 14 },
);

/** Reads as reconciliation does: a failed page is read again from the cursor. */
class Reader {
  readonly lines: StatementLine[] = [];
  #cursor = "";
  readonly #gateway: Awaited<ReturnType<typeof gatewayAt>>;

  constructor(gateway: Awaited<ReturnType<typeof gatewayAt>>) {
    this.#gateway = gateway;
  }

  /** True where it has reached the end. */
  async read(): Promise<boolean> {
    try {
      for (;;) {
        const { lines, cursor, more } = await this.#gateway.statement(this.#cursor);
        this.lines.push(...lines);
        this.#cursor = cursor;
        if (!more) return true;
      }
    } catch {
      return false;
    }
  }
}

test("however pages shift, repeat and lag, each payment is one line, always the same", async () => {
  const ton = await startTon();
  let paidSoFar = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (steps, pageRows) => {
      const reader = new Reader(await gatewayAt(ton, {}, { pageRows }));
      for (const step of steps) {
        if (step.does === "read") await reader.read();
        if (step.does === "misbehave") await ton.fault(step.fault);
        if (step.does === "pay") {
          const jetton = step.currency === "USDT" ? { jetton: "usdt" } : {};
          await ton.pay({ amount: "5", comment: `M${(paidSoFar += 1)}`, ...jetton });
        }
      }
      await pardon(ton);
      expect(await reader.read()).toBe(true);
      const known = new Map(reader.lines.map((line) => [referenceOf(line), summarize([line])[0]]));
      const memos = [...known.values()].map((line = "") => line.replace(/: 5 (?:GRAM|USDT)$/u, ""));
      const wanted = Array.from({ length: paidSoFar }, (_, at) => `M${at + 1}`);
      expect(new Set(memos)).toEqual(new Set(wanted));
      expect(memos).toHaveLength(paidSoFar);
    }),
    { numRuns: 25 },
  );
});
