import { Address, beginCell, Cell, comment, internal, loadTransaction, SendMode } from "@ton/core";
import { JettonMaster, JettonWallet, TonClient } from "@ton/ton";
import { expect, test } from "vitest";
import { listTransactions } from "../../emulators/toncenter/lists.ts";
import { options } from "../../emulators/toncenter/options.ts";
import { State } from "../../emulators/toncenter/state.ts";
import { walletOf } from "../../emulators/toncenter/wallets.ts";
import { startToncenter, type TransactionRow } from "./toncenter-client.ts";

async function startAll() {
  const toncenter = await startToncenter();
  const client = new TonClient({ endpoint: `${toncenter.url}/api/v2/jsonRPC` });
  const { merchant, usdt } = await toncenter.info();
  const shop = Address.parse(merchant.raw);
  const master = Address.parse(usdt.master.raw);
  return { ...toncenter, client, shop, master };
}

test("a row says what the chain's own transaction says", async () => {
  const state = await State.open(options.parse({}));
  const plain = { from: "ann", forward_ton_amount: "1", comment_in: "ref" as const };
  await state.execute({ kind: "pay", amount: "10", comment: "native", ...plain });
  await state.execute({ kind: "pay", amount: "20", jetton: "usdt", comment: "jetton", ...plain });
  await state.execute({ kind: "forge", amount: "30", comment: "forged", from: "mallory" });
  const query = new URLSearchParams({ sort: "asc", limit: "1000" });
  const listed = listTransactions({ state, query, fault: undefined, defaultLimit: 10 });
  const { transactions: rows } = listed as { transactions: TransactionRow[] };
  const own = state.indexer.transactions().map(({ transaction }) => transaction);
  expect(rows).toHaveLength(own.length);
  expect(rows.length).toBeGreaterThan(10);
  for (const [at, row] of rows.entries()) {
    const transaction = own[at];
    expect(row.hash).toBe(transaction?.hash().toString("base64"));
    expect(row.lt).toBe(transaction?.lt.toString());
    expect(row.now).toBe(transaction?.now);
    const body = Cell.fromBase64(row.in_msg.message_content.body);
    expect(body.hash()).toEqual(transaction?.inMessage?.body.hash());
    expect(row.out_msgs).toHaveLength(transaction?.outMessagesCount ?? -1);
  }
  await state.stop();
});

test("a message has the same hash where it leaves and where it arrives", async () => {
  const { pay, transactions } = await startAll();
  await pay({ amount: "5", jetton: "usdt", comment: "a" });
  const rows = await transactions({ sort: "asc" });
  const left = rows.flatMap(({ out_msgs }) => out_msgs.map(({ hash }) => hash));
  const arrived = rows.filter(({ in_msg }) => in_msg.source !== null);
  const inside = arrived.map(({ in_msg }) => in_msg.hash).filter((hash) => left.includes(hash));
  expect(new Set(inside)).toEqual(new Set(left));
  expect(left.length).toBeGreaterThan(4);
});

test("toncenter's official client reads the same transactions, and hashes them itself", async () => {
  const { pay, received, client, shop } = await startAll();
  for (const memo of ["one", "two", "three"]) await pay({ amount: "7", comment: memo });
  const rows = await received({ sort: "desc" });
  const read = await client.getTransactions(shop, { limit: 10 });
  const hashes = read.map((one) => one.hash().toString("base64"));
  expect(hashes).toEqual(rows.map(({ hash }) => hash));
  const { lt = "", hash = "" } = rows[0] ?? {};
  const older = await client.getTransactions(shop, { limit: 10, lt, hash });
  expect(older.map((one) => one.lt.toString())).toEqual(rows.slice(1).map((row) => row.lt));
  const newer = await client.getTransactions(shop, { limit: 10, to_lt: rows[1]?.lt ?? "" });
  expect(newer.map((one) => one.lt.toString())).toEqual([lt]);
  expect((await client.getMasterchainInfo()).latestSeqno).toBeGreaterThan(0);
});

test("the official client finds the merchant's jetton wallet and its balance", async () => {
  const { pay, wallets, get, client, shop, master } = await startAll();
  await pay({ amount: "2500000", jetton: "usdt" });
  const found = await client.open(JettonMaster.create(master)).getWalletAddress(shop);
  expect(await client.open(JettonWallet.create(found)).getBalance()).toBe(2_500_000n);
  const [listed] = await wallets({ owner_address: shop.toRawString() });
  expect(listed?.address).toBe(found.toRawString().toUpperCase());
  const state = await client.getContractState(found);
  const info = await get<{ balance: string }>("addressInformation", { address: found.toString() });
  expect(info).toMatchObject({ status: "active", balance: state.balance.toString() });
});

test("v3 runs a master's get-method, so that a wallet is known before it has anything", async () => {
  const { url, shop, master, pay, wallets } = await startAll();
  const value = beginCell().storeAddress(shop).endCell().toBoc().toString("base64");
  const stack = [{ type: "slice", value }];
  const body = { address: master.toRawString(), method: "get_wallet_address", stack };
  const answer = await fetch(`${url}/api/v3/runGetMethod`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  const result = (await answer.json()) as { exit_code: number; stack: [{ value: string }] };
  expect(result.exit_code).toBe(0);
  const wallet = Cell.fromBase64(result.stack[0].value).beginParse().loadAddress();
  await pay({ amount: "1", jetton: "usdt" });
  const [listed] = await wallets({ owner_address: shop.toRawString() });
  expect(listed?.address).toBe(wallet.toRawString().toUpperCase());
});

test("the merchant pays back through the official client, and a repeat of it is refused", async () => {
  const { client, transactions, pay, url } = await startAll();
  await pay({ amount: "5000000000" });
  const { contract, keys } = walletOf("merchant");
  const opened = client.open(contract);
  const to = walletOf("ann").address;
  const body = contract.createTransfer({
    seqno: await opened.getSeqno(),
    secretKey: keys.secretKey,
    sendMode: SendMode.PAY_GAS_SEPARATELY,
    messages: [internal({ to, value: 1_000_000_000n, bounce: false, body: comment("refund") })],
  });
  await opened.send(body);
  const account = to.toRawString();
  expect(await transactions({ account })).toMatchObject([
    { in_msg: { value: "1000000000", message_content: { decoded: { comment: "refund" } } } },
  ]);
  await expect(opened.send(body)).rejects.toThrow("500");
  const spoiled = await fetch(`${url}/api/v3/message`, { method: "POST", body: '{"boc":"no"}' });
  expect(spoiled.status).toBe(422);
  expect(await transactions({ account })).toHaveLength(1);
  const [own] = await client.getTransactions(to, { limit: 1 });
  const raw = own?.raw.beginParse();
  expect(raw && loadTransaction(raw).hash()).toEqual(own?.hash());
});

test("v2 words its refusals in its own envelope", async () => {
  const { url } = await startAll();
  const call = async (method: string, params: object) => {
    const body = JSON.stringify({ id: 1, jsonrpc: "2.0", method, params });
    return (await fetch(`${url}/api/v2/jsonRPC`, { method: "POST", body })).json();
  };
  expect(await call("getTransactions", { address: "x" })).toMatchObject({ ok: false, code: 422 });
  expect(await call("nothing", {})).toMatchObject({ ok: false, code: 404 });
});
