import { Address, beginCell, Cell } from "@ton/core";
import { expect, test } from "vitest";
import { walletOf } from "../../emulators/toncenter/wallets.ts";
import { startToncenter } from "./toncenter-client.ts";

const walletName = (name: string) => walletOf(name).address.toRawString().toUpperCase();

test("a payment with a comment is a row with its sender, its amount and its words", async () => {
  const { pay, received, info } = await startToncenter();
  const made = await pay({ amount: "1500000000", comment: "memo-1", from: "ann" });
  const [row, ...more] = await received();
  expect(more).toEqual([]);
  const { lt, hash } = made.transactions.at(-1) ?? {};
  expect(row).toMatchObject({
    lt,
    hash,
    account: (await info()).merchant.raw,
    emulated: false,
    finality: "finalized",
    description: { aborted: false },
    out_msgs: [],
    in_msg: {
      source: walletName("ann"),
      destination: (await info()).merchant.raw,
      value: "1500000000",
      bounced: false,
      opcode: "0x00000000",
      message_content: {
        decoded: { type: "text_comment", "@type": "text_comment", comment: "memo-1" },
      },
    },
  });
  expect(row?.account).toMatch(/^0:[0-9A-F]{64}$/u);
  expect(row?.mc_block_seqno).toBeLessThanOrEqual((await info()).mc_block_seqno);
});

test("a comment of any length and script arrives whole", async () => {
  const { pay, received } = await startToncenter();
  const comments = ["", "é".repeat(61), "оплата 🎫 ".repeat(90), "x".repeat(123), "x".repeat(124)];
  for (const comment of comments) await pay({ amount: "1", comment });
  const read = (await received()).map((row) => row.in_msg.message_content.decoded?.comment);
  expect(read).toEqual(comments);
});

test("a body that is not text is decoded to null, and its bytes are there", async () => {
  const { pay, received } = await startToncenter();
  await pay({ amount: "1", binary: "00ff10" });
  await pay({ amount: "1" });
  const notUtf8 = beginCell().storeUint(0, 32).storeUint(0xfffe, 16).endCell();
  await pay({ amount: "1", payload: notUtf8.toBoc().toString("base64") });
  const contents = (await received()).map((row) => row.in_msg.message_content);
  expect(contents.map(({ decoded }) => decoded)).toEqual([null, null, null]);
  const [binary] = contents;
  expect(Cell.fromBase64(binary?.body ?? "").bits.toString()).toBe("FF00FF10");
});

test("money to a wallet that was never deployed arrives by a transaction that is aborted", async () => {
  const { pay, received, info } = await startToncenter({ merchantState: "uninit" });
  await pay({ amount: "1000", comment: "memo" });
  const { merchant } = await info();
  await pay({ amount: "2000", comment: "memo", to: merchant.bounceable, from: "bob" });
  const rows = await received();
  expect(rows).toMatchObject([
    { description: { aborted: true }, in_msg: { value: "1000", bounced: false }, out_msgs: [] },
    { description: { aborted: true }, in_msg: { bounced: false } },
  ]);
});

test("a payment that bounces is sent back: nothing stays, and the payer sees a bounced message", async () => {
  const { pay, transactions, received, info } = await startToncenter({ merchantState: "uninit" });
  const to = (await info()).merchant.bounceable;
  await pay({ amount: "1000000000", to, from: "bob" });
  expect(await received()).toMatchObject([{ out_msgs: [{ bounced: true }] }]);
  const back = await transactions({ account: walletName("bob"), sort: "desc", limit: 1 });
  expect(back).toMatchObject([
    { in_msg: { bounced: true, source: to && (await info()).merchant.raw } },
  ]);
});

test("what the merchant sent in vain comes back as a bounced message", async () => {
  const { pay, received } = await startToncenter();
  const nobody = new Address(0, Buffer.alloc(32, 7)).toString();
  await pay({ from: "merchant", to: nobody, amount: "1000000000", comment: "refund" });
  expect((await received()).at(-1)).toMatchObject({
    in_msg: { bounced: true, opcode: "0xffffffff", message_content: { decoded: null } },
  });
});

test("a jetton payment is a transfer of the sender's wallet and a notification of the merchant's", async () => {
  const { pay, received, transfers, wallets, info } = await startToncenter();
  const { usdt, merchant } = await info();
  const made = await pay({ amount: "2500000", jetton: "usdt", comment: "memo", from: "ann" });
  const owner_address = merchant.bounceable;
  const [row, ...more] = await transfers({ owner_address, direction: "in" });
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    source: walletName("ann"),
    destination: merchant.raw,
    jetton_master: usdt.master.raw,
    amount: "2500000",
    forward_ton_amount: "1",
    transaction_aborted: false,
    decoded_forward_payload: { comment: "memo" },
  });
  const own = made.transactions.find(({ hash }) => hash === row?.transaction_hash);
  expect(own).toMatchObject({ lt: row?.transaction_lt, account: row?.source_wallet });
  const [wallet] = await wallets({ owner_address, jetton_address: usdt.master.non_bounceable });
  expect(wallet).toMatchObject({ balance: "2500000", jetton: usdt.master.raw });
  expect(await received()).toMatchObject([
    { in_msg: { opcode: "0x7362d09c", source: wallet?.address }, out_msgs: [] },
  ]);
});

test("a jetton's comment is read inline and in a cell of its own", async () => {
  const { pay, transfers } = await startToncenter();
  for (const comment_in of ["inline", "ref"]) {
    await pay({ amount: "1", jetton: "usdt", comment: comment_in, comment_in });
  }
  const rows = await transfers({ sort: "asc" });
  expect(rows.map((row) => row.decoded_forward_payload?.comment)).toEqual(["inline", "ref"]);
});

test("with nothing forwarded nobody is notified, although the units have arrived", async () => {
  const { pay, received, transfers } = await startToncenter();
  await pay({ amount: "5", jetton: "usdt", forward_ton_amount: "0" });
  expect(await received()).toEqual([]);
  expect(await transfers()).toMatchObject([
    { amount: "5", forward_ton_amount: "0", forward_payload: null },
  ]);
});

test("a forged notification runs like a true one, but comes from no wallet of the jetton", async () => {
  const { forge, pay, received, transfers, wallets, info } = await startToncenter();
  await pay({
    amount: "7",
    jetton: "usdt",
    comment: "true",
    from: "ann",
    forward_ton_amount: "50000000",
  });
  const claimed_sender = walletName("ann");
  await forge({ amount: "900000000", comment: "memo", from: "mallory", claimed_sender });
  const [real, forged] = await received();
  expect(forged).toMatchObject({
    description: { aborted: false },
    in_msg: { opcode: "0x7362d09c", source: walletName("mallory") },
    out_msgs: [],
  });
  const [wallet] = await wallets({ owner_address: (await info()).merchant.raw });
  expect(real?.in_msg.source).toBe(wallet?.address);
  expect(forged?.in_msg.source).not.toBe(wallet?.address);
  expect(await transfers()).toHaveLength(1);
});

test("a look-alike describes itself the same way, from another master and another wallet", async () => {
  const { createJetton, pay, get, received, info } = await startToncenter();
  const { jetton } = await createJetton({});
  const master = jetton?.master ?? "";
  await pay({ amount: "1", jetton: "usdt" });
  await pay({ amount: "1", jetton: master });
  const real = (await info()).usdt.master.raw;
  expect(master).not.toBe(real);
  const { metadata } = await get<{ metadata: Record<string, unknown> }>("jetton/transfers");
  expect(metadata[master]).toEqual(metadata[real]);
  const sources = (await received()).map(({ in_msg }) => in_msg.source);
  expect(new Set(sources).size).toBe(2);
});

test("the merchant and the jetton have the addresses of the options", async () => {
  const merchant = new Address(0, Buffer.alloc(32, 1)).toString({ bounceable: false });
  const usdtMaster = "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs";
  const { pay, info, transfers, transactions } = await startToncenter({ merchant, usdtMaster });
  expect((await info()).merchant.non_bounceable).toBe(merchant);
  expect((await info()).usdt.master.bounceable).toBe(usdtMaster);
  await pay({ amount: "3", jetton: usdtMaster, comment: "a" });
  await pay({ from: "merchant", to: walletName("ann"), amount: "4", jetton: "usdt" });
  expect(await transfers({ jetton_master: usdtMaster, sort: "asc" })).toMatchObject([
    { destination: Address.parse(merchant).toRawString().toUpperCase(), amount: "3" },
    { destination: walletName("ann"), amount: "4" },
  ]);
  expect(await transactions({ account: walletName("nobody") })).toEqual([]);
});

test("an impossible payment is refused with the remedy", async () => {
  const { pay } = await startToncenter({ merchantState: "uninit", merchant: walletName("x") });
  expect(await pay({ amount: "1.5" })).toMatchObject({
    error: expect.stringContaining("a whole number of base units"),
  });
  expect(await pay({ amount: "1", to: "EQnowhere" })).toMatchObject({
    error: expect.stringContaining("not a TON address"),
  });
  expect(await pay({ amount: "1", jetton: walletName("ann") })).toMatchObject({
    error: expect.stringContaining("GET /control/info"),
  });
  expect(await pay({ amount: "1", from: "merchant" })).toMatchObject({
    error: expect.stringContaining("TON_WALLET_STATE=active"),
  });
});

test("an id is paid once, however often and however closely it is asked", async () => {
  const { pay, received } = await startToncenter();
  const order = { amount: "5", id: "button-1" };
  const made = await Promise.all([pay(order), pay(order), pay(order)]);
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
  expect(await received()).toHaveLength(1);
});
