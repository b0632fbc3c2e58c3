import { expect, test } from "vitest";
import type { SavedCard } from "../../emulators/tbank/saved-cards.ts";
import { cards, type Options, sign, startTBank, startTBankWithShop } from "./tbank-client.ts";

const saving = { Recurrent: "Y", CustomerKey: "ann", DATA: { OperationInitiatorType: "1" } };
const later = { DATA: { OperationInitiatorType: "R" } };

/** A bank that lets its terminal charge, and a customer who has saved a card. */
async function withCard(options: Options = {}, how: object = {}) {
  const bank = await startTBank({ recurring: true, ...options });
  const paid = await bank.openPaid(saving, how);
  const list = (): Promise<Card[] | object> => bank.call("GetCardList", { CustomerKey: "ann" });
  const saved = await list();
  const card = Array.isArray(saved) ? (saved[0] as Card) : undefined;
  const RebillId = card?.RebillId ?? "";
  const charge = (PaymentId: string, id = RebillId) =>
    bank.call("Charge", { PaymentId, RebillId: id });
  const open = async (params: object = later) => (await bank.init(params)).PaymentId;
  return { bank, paid, list, card, charge, open };
}

interface Card {
  readonly CardId: string;
  readonly Pan: string;
  readonly Status: string;
  readonly RebillId: string;
  readonly ExpDate: string;
}

test("a card is saved by the first payment that was asked to, and listed without an envelope", async () => {
  const { list, bank } = await withCard();
  expect(await list()).toEqual([
    {
      CardId: "322264",
      Pan: "220077******7761",
      Status: "A",
      RebillId: expect.stringMatching(/^\d+$/u),
      CardType: 0,
      ExpDate: "1249",
    },
  ]);
  await bank.openPaid({ CustomerKey: "bob" });
  expect(await bank.call("GetCardList", { CustomerKey: "bob" })).toMatchObject({
    Success: false,
    ErrorCode: "7",
  });
});

test("a saved card is charged once per payment, without a form", async () => {
  const { bank, charge, open } = await withCard();
  const id = await open();
  expect(await charge(id)).toMatchObject({ Success: true, Status: "CONFIRMED", PaymentId: id });
  expect(await charge(id)).toMatchObject({ Success: false, ErrorCode: "8", Status: "CONFIRMED" });
  expect((await bank.payment(id)).history).not.toContain("FORM_SHOWED");
});

test("a terminal charges only after the bank has allowed it", async () => {
  const { charge, open } = await withCard({ recurring: false });
  expect(await charge(await open())).toMatchObject({ ErrorCode: "10", Status: "NEW" });
});

test.each([
  ["the first payment of a card", saving],
  ["a payment begun by its customer with a form", { DATA: { OperationInitiatorType: "0" } }],
])("%s is not charged to a saved card", async (_name, params) => {
  const { charge, open } = await withCard();
  expect(await charge(await open(params))).toMatchObject({ ErrorCode: "1126" });
});

test("a wrong token, an unknown payment and an id of another form are refused", async () => {
  const { bank, charge, open } = await withCard();
  const PaymentId = await open();
  expect(await charge("404")).toMatchObject({ ErrorCode: "255" });
  expect(await charge(PaymentId, "x")).toMatchObject({ ErrorCode: "223" });
  expect(await bank.call("Charge", { PaymentId })).toMatchObject({ ErrorCode: "201" });
  const Token = sign({ PaymentId, RebillId: "1" }, "another");
  const url = `${bank.url}/v2/Charge`;
  const body = JSON.stringify({
    TerminalKey: "1366000000001DEMO",
    PaymentId,
    RebillId: "1",
    Token,
  });
  const answer = await fetch(url, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ ErrorCode: "204" });
});

test("too little money rejects a charge, and so does a card that is gone", async () => {
  const { bank, card, charge, open, list } = await withCard();
  await bank.control("cards", { customer_key: "ann", to: "poor" }, "PUT");
  const first = await open();
  expect(await charge(first)).toMatchObject({
    Success: false,
    ErrorCode: "1051",
    Status: "REJECTED",
  });
  expect(await charge(first)).toMatchObject({ ErrorCode: "8" });
  await bank.control("cards", { customer_key: "ann", to: "good" }, "PUT");
  expect(await charge(await open())).toMatchObject({ Status: "CONFIRMED" });
  const removal = { CustomerKey: "ann", CardId: card?.CardId };
  expect(await bank.call("RemoveCard", removal)).toMatchObject({ Success: true, Status: "D" });
  expect(await bank.call("RemoveCard", removal)).toMatchObject({ Success: false, ErrorCode: "6" });
  expect(await list()).toMatchObject([{ Status: "D" }]);
  expect(await charge(await open())).toMatchObject({ ErrorCode: "104", Status: "REJECTED" });
});

test("a card whose payment fails, and SBP, save nothing", async () => {
  const { list } = await withCard({}, { card: cards.poor });
  expect(await list()).toMatchObject({ ErrorCode: "7" });
  const bySbp = await withCard({}, { means: "sbp" });
  expect(await bySbp.list()).toMatchObject({ ErrorCode: "7" });
});

test("the shop is notified of a charge as of any payment", async () => {
  const bank = await startTBankWithShop({ recurring: true });
  await bank.openPaid(saving);
  const saved = await bank.control<SavedCard[]>("cards", undefined, "GET");
  const { PaymentId } = await bank.init(later);
  const RebillId = String(saved[0]?.rebillId);
  await bank.call("Charge", { PaymentId, RebillId });
  await expect
    .poll(() => bank.received.filter(({ raw }) => raw.includes(PaymentId)).length)
    .toBe(2);
  const last = bank.received.find(
    ({ raw }) => raw.includes(PaymentId) && raw.includes("CONFIRMED"),
  );
  expect(last?.fields).toMatchObject({ RebillId: Number(RebillId), Success: true });
});
