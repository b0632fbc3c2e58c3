import { Address, beginCell, type Builder, type Cell } from "@ton/core";
import { expect, test } from "vitest";
import { walletOf } from "../../../emulators/toncenter/wallets.ts";
import type { StatementLine } from "../../../gateways/payments/port.ts";
import { anOrder, readOn } from "./fixture.ts";
import {
  changeRows,
  gatewayAt,
  openTon,
  referenceOf,
  senderOf,
  startTon,
  summarize,
} from "./ton-fixture.ts";
import { startWall } from "./wall.ts";

const statementOf = async (gateway: Parameters<typeof readOn>[0]) =>
  summarize((await readOn(gateway)).lines);

const bag = (build: (builder: ReturnType<typeof beginCell>) => typeof builder) =>
  build(beginCell()).endCell().toBoc().toString("base64");

/** The merchant's jetton wallet; it exists once it was paid into. */
async function jettonWalletOf({ info, wallets }: Awaited<ReturnType<typeof startTon>>) {
  const { merchant, usdt } = await info();
  const own = { owner_address: merchant.raw, jetton_address: usdt.master.raw };
  return (await wallets(own))[0]?.address ?? "";
}

test("coins and units are lines of their memo, with the amount to the last unit", async () => {
  const { pay, gateway } = await startTon();
  const made = await pay({ amount: "1500000001", comment: "MEMO1" });
  await pay({ amount: "2500000", jetton: "usdt", comment: "MEMO2" });
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual(["MEMO1: 1500000001 GRAM", "MEMO2: 2500000 USDT"]);
  const { hash = "", lt } = made.transactions.at(-1) ?? {};
  const [coins] = lines as [StatementLine];
  expect(referenceOf(coins)).toBe(`${Buffer.from(hash, "base64").toString("hex")}:${lt}`);
  expect(JSON.parse(coins.evidence)).toMatchObject({ hash, lt, in_msg: { value: "1500000001" } });
});

test("case, spaces and quotes of a memo do not matter; everything else does", async () => {
  const { pay, gateway } = await startTon();
  const comments = [" MEMO", "MEMO\n", "\t MEMO \u00a0", "memo", "MEMO 2", "ME  MO", "МЕМО"];
  comments.push("«Memo»", "'memo'.", "me\u200bmo", "ME-MO");
  for (const comment of comments) await pay({ amount: "5", comment });
  const memos = ["MEMO", "MEMO", "MEMO", "MEMO", "MEMO2", "MEMO", "МЕМО"];
  memos.push("MEMO", "MEMO", "MEMO", "ME-MO");
  expect(await statementOf(gateway)).toEqual(memos.map((memo) => `${memo}: 5 GRAM`));
});

test("money whose comment cannot be a memo is unmatched, and not lost", async () => {
  const { pay, gateway } = await startTon();
  const bodies = [
    {},
    { comment: "" },
    { comment: " \n " },
    { binary: "00ff10" },
    { payload: bag((cell) => cell.storeUint(0x2167da4b, 32).storeUint(7, 64)) },
    { payload: bag((cell) => cell.storeUint(0, 32).storeUint(0xfffe, 16)) },
    { payload: bag((cell) => cell.storeUint(0, 32).storeUint(1, 3)) },
    { payload: bag((cell) => cell.storeUint(0, 31)) },
    { comment: "ME\u0000MO" },
    { comment: "x".repeat(121) },
    { comment: "оплата 🎫 ".repeat(90) },
  ];
  for (const body of bodies) await pay({ amount: "6", ...body });
  for (const body of bodies.slice(0, 6)) await pay({ amount: "7", jetton: "usdt", ...body });
  const nobodys = bodies.map(() => "nobody: 6 GRAM");
  const units = bodies.slice(0, 6).map(() => "nobody: 7 USDT");
  expect(await statementOf(gateway)).toEqual(expect.arrayContaining([...nobodys, ...units]));
  expect(await statementOf(gateway)).toHaveLength(nobodys.length + units.length);
});

const originsOf = (lines: readonly StatementLine[]) =>
  lines.map(({ report }) =>
    report.kind === "paid" ? [report.sender, report.comment] : [report.kind],
  );

test("coins and units name the wallet of their sender, and the comment however it is packed", async () => {
  const { pay, gateway } = await startTon();
  await pay({ amount: "5", from: "ann", comment: "for Ann" });
  await pay({ amount: "5", from: "bob" });
  for (const comment_in of ["ref", "inline"] as const) {
    await pay({ amount: "7", from: "eve", jetton: "usdt", comment: "for Eve", comment_in });
  }
  const [ann, bob, eve] = ["ann", "bob", "eve"].map(senderOf);
  expect(originsOf((await readOn(gateway)).lines)).toEqual([
    [ann, "for Ann"],
    [bob, undefined],
    [eve, "for Eve"],
    [eve, "for Eve"],
  ]);
});

test("on a test network a sender is written as an address of it", async () => {
  const ton = await startTon();
  const { merchant } = await ton.info();
  const ours = Address.parse(merchant.raw).toString({ bounceable: false, testOnly: true });
  const gateway = await gatewayAt(ton, { TON_WALLET: ours });
  await ton.pay({ amount: "5", from: "ann" });
  const sender = walletOf("ann").address.toString({ bounceable: false, testOnly: true });
  expect(originsOf((await readOn(gateway)).lines)).toEqual([[sender, undefined]]);
});

test("a stranger's comment is one line of at most 300 characters, and its money counts", async () => {
  const { pay, gateway } = await startTon();
  const hostile = ["<b>x</b>\n\u202Eevil\u0000", "y".repeat(4_000), " \n\u200B", "[a](b)\r\n/c"];
  for (const comment of hostile) await pay({ amount: "5", from: "eve", comment });
  const eve = senderOf("eve");
  expect(originsOf((await readOn(gateway)).lines)).toEqual([
    [eve, "<b>x</b> evil"],
    [eve, "y".repeat(300)],
    [eve, undefined],
    [eve, "[a](b) /c"],
  ]);
});

test("a transaction aborted because the wallet is not deployed brought money", async () => {
  const { pay, received, gateway } = await startTon({ merchantState: "uninit" });
  await pay({ amount: "1000000000", comment: "MEMO" });
  await pay({ amount: "5", jetton: "usdt", comment: "UNITS" });
  expect(await received()).toMatchObject([
    { description: { aborted: true } },
    { description: { aborted: true } },
  ]);
  expect(await statementOf(gateway)).toEqual(["MEMO: 1000000000 GRAM", "UNITS: 5 USDT"]);
});

test("money that bounced from our wallet was not paid", async () => {
  const { pay, info, received, gateway } = await startTon({ merchantState: "uninit" });
  await pay({ amount: "1000000000", to: (await info()).merchant.bounceable, comment: "MEMO" });
  expect(await received()).toMatchObject([
    { in_msg: { bounced: false, value: "1000000000" }, out_msgs: [{ bounced: true }] },
  ]);
  await pay({ amount: "2000000000", comment: "MEMO" });
  expect(await statementOf(gateway)).toEqual(["MEMO: 2000000000 GRAM"]);
});

test("neither a bounce of what we sent nor its change is a payment", async () => {
  const ton = await startTon();
  const { pay, received, gateway } = ton;
  const nobody = new Address(0, Buffer.alloc(32, 7)).toString();
  await pay({ from: "merchant", to: nobody, amount: "1000000000", comment: "MEMO" });
  const to = walletOf("ann").address.toRawString();
  await pay({ from: "merchant", to, amount: "9", jetton: "usdt", comment: "MEMO" });
  const incoming = (await received()).filter(({ in_msg }) => in_msg.source !== null);
  expect(incoming.map(({ in_msg }) => in_msg.opcode)).toEqual(
    expect.arrayContaining(["0xffffffff", "0xd53276db"]),
  );
  // What is left are units that the emulator's issuer created for payers without any.
  expect(await statementOf(gateway)).toEqual(["nobody: 10000000009 USDT"]);
});

test("a forged notification counts by its coins, which are unmatched", async () => {
  const { pay, forge, received, gateway } = await startTon();
  await pay({ amount: "7", jetton: "usdt", comment: "TRUE", forward_ton_amount: "50000000" });
  const claimed_sender = walletOf("customer").address.toRawString();
  await forge({ amount: "900000000", comment: "MEMO", claimed_sender });
  const opcodes = (await received()).map(({ in_msg }) => in_msg.opcode);
  expect(opcodes).toEqual(["0x7362d09c", "0x7362d09c"]);
  expect(await statementOf(gateway)).toEqual(["TRUE: 7 USDT", "nobody: 50000000 GRAM"]);
});

test("a forged transfer to our own jetton wallet is ignored", async () => {
  const ton = await startTon();
  await ton.pay({ amount: "7", jetton: "usdt", comment: "TRUE" });
  const payload = bag((cell) =>
    cell
      .storeUint(0x178d4519, 32)
      .storeUint(0, 64)
      .storeCoins(900_000_000n)
      .storeAddress(walletOf("mallory").address)
      .storeAddress(null)
      .storeCoins(0)
      .storeBit(false)
      .storeUint(0, 32)
      .storeBuffer(Buffer.from("MEMO")),
  );
  const to = await jettonWalletOf(ton);
  for (const bounce of [true, false]) {
    await ton.pay({ amount: "50000000", to, payload, from: "mallory", bounce });
  }
  const rows = await ton.transactions({ account: to, sort: "asc" });
  expect(rows.slice(-2)).toMatchObject([
    { in_msg: { opcode: "0x178d4519" }, description: { aborted: true } },
    { in_msg: { opcode: "0x178d4519" }, description: { aborted: true } },
  ]);
  expect(await statementOf(ton.gateway)).toEqual(["TRUE: 7 USDT"]);
});

test("a jetton of another master is not money, whatever its name", async () => {
  const { pay, createJetton, gateway } = await startTon();
  const { jetton } = await createJetton({ name: "Tether USD", symbol: "USD₮" });
  await pay({ amount: "5000000", jetton: jetton?.master, comment: "MEMO" });
  await pay({ amount: "5000000", jetton: "usdt", comment: "MEMO" });
  expect(await statementOf(gateway)).toContain("MEMO: 5000000 USDT");
  expect((await statementOf(gateway)).filter((line) => line.endsWith("USDT"))).toHaveLength(1);
});

test("coins with a comment that says USDT are coins", async () => {
  const { pay, gateway } = await startTon();
  await pay({ amount: "5", comment: "5000000 USDT" });
  expect(await statementOf(gateway)).toEqual(["5000000USDT: 5 GRAM"]);
});

test("units come in without a notification too, with their memo inline or below", async () => {
  const { pay, received, gateway } = await startTon();
  for (const [at, comment_in] of ["ref", "inline"].entries()) {
    const usdt = { jetton: "usdt", comment: comment_in, comment_in };
    await pay({ ...usdt, amount: `${at + 1}`, forward_ton_amount: "0" });
    await pay({ ...usdt, amount: `${at + 3}` });
  }
  await pay({ amount: "9", jetton: "usdt", forward_ton_amount: "0" });
  expect(await received()).toHaveLength(2);
  expect(await statementOf(gateway)).toEqual(
    ["REF: 1", "REF: 3", "INLINE: 2", "INLINE: 4", "nobody: 9"].map((line) => `${line} USDT`),
  );
});

test("less than the least deposit is ignored, that much counts", async () => {
  const least = { TON_MIN_DEPOSIT_GRAM: "0.01", TON_MIN_DEPOSIT_USDT: "0.5" };
  const { pay, gateway } = await startTon({}, least);
  for (const amount of ["9999999", "10000000"]) await pay({ amount, comment: "MEMO" });
  for (const amount of ["499999", "500000"]) await pay({ amount, jetton: "usdt" });
  expect(await statementOf(gateway)).toEqual(["MEMO: 10000000 GRAM", "nobody: 500000 USDT"]);
});

test("an amount too large to book is unmatched, and its evidence has it", async () => {
  const { pay, gateway } = await startTon();
  for (const amount of ["9007199254740991", "9007199254740993"]) {
    await pay({ amount, comment: "MEMO" });
  }
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual([
    "MEMO: 9007199254740991 GRAM",
    "nobody: 9007199254740991 GRAM",
  ]);
  expect(lines[1]?.evidence).toContain('"value":"9007199254740993"');
});

test("a body of any size is read cell by cell, and leaves evidence of a small size", async () => {
  const { pay, gateway } = await startTon();
  const tail = (cells: number): Cell => {
    const cell = beginCell().storeBuffer(Buffer.alloc(120, " "));
    return (cells === 0 ? cell : cell.storeRef(tail(cells - 1))).endCell();
  };
  const words = ["ME", "MO"].map((word) => beginCell().storeBuffer(Buffer.from(word)));
  const [first, second] = words as [Builder, Builder];
  const payload = bag((cell) =>
    cell
      .storeUint(0, 32)
      .storeBuilder(first)
      .storeRef(second.storeRef(tail(150))),
  );
  await pay({ amount: "5", payload });
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual(["MEMO: 5 GRAM"]);
  const { evidence = "" } = lines[0] ?? {};
  expect(evidence.length).toBeLessThan(1_000);
  expect(JSON.parse(evidence)).toMatchObject({
    hash: Buffer.from(referenceOf(lines[0]!).split(":")[0] ?? "", "hex").toString("base64"),
    in_msg: { value: "5" },
    shortened: true,
  });
});

test("an lt above 2^53 is counted to its last digit", async () => {
  const ton = await startTon();
  for (const comment of ["A", "B", "C"]) await ton.pay({ amount: "5", comment });
  const far = 2n ** 62n;
  const shifted = (lt: string) => (lt === "0" ? lt : `${BigInt(lt) + far}`);
  const moved = changeRows((rows) =>
    rows.map((row) => {
      return { ...row, lt: shifted(row.lt), prev_trans_lt: shifted(row.prev_trans_lt) };
    }),
  );
  const url = await startWall(ton.url, moved);
  const gateway = await gatewayAt(ton, { TONCENTER_URL: url, TON_CURRENCIES: "GRAM" });
  const { lines, cursor } = await readOn(gateway);
  const lts = (await ton.received()).map(({ lt }) => `${BigInt(lt) + far}`);
  expect(lines.map((line) => referenceOf(line).split(":")[1])).toEqual(lts);
  expect(cursor).toContain(`"${lts.at(-1)}"`);
});

test("each form of the wallet's address is the same wallet", async () => {
  const fixture = await openTon();
  const { toncenter } = fixture;
  await toncenter.pay({ amount: "5", comment: "MEMO" });
  const { merchant } = await toncenter.info();
  const standard = merchant.bounceable.replaceAll("-", "+").replaceAll("_", "/");
  const spellings = [...Object.values(merchant), merchant.raw.toLowerCase(), ` ${standard} `];
  for (const TON_WALLET of spellings) {
    const gateway = await gatewayAt(toncenter, { TON_WALLET });
    expect(await statementOf(gateway)).toEqual(["MEMO: 5 GRAM"]);
    const invoice = await gateway.issueInvoice(await anOrder(fixture));
    expect(invoice).toMatchObject({ address: merchant.non_bounceable });
  }
});
