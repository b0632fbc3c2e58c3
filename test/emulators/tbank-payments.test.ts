import { expect, test } from "vitest";
import { eventually } from "./servers.ts";
import { cards, startTBank, startTBankWithShop } from "./tbank-client.ts";

const dayMs = 86_400_000;

test("with one stage a payment is taken at once, and announced as authorized and as confirmed", async () => {
  const bank = await startTBankWithShop();
  const { PaymentId } = await bank.init({ OrderId: "o1" });
  await bank.pay(PaymentId);
  expect(await bank.state(PaymentId)).toBe("CONFIRMED");
  await eventually(() => expect(bank.statuses()).toEqual(["AUTHORIZED", "CONFIRMED"]));
  for (const status of ["AUTHORIZED", "CONFIRMED"]) {
    expect(bank.fieldsOf(status)).toMatchObject({
      TerminalKey: "1366000000001DEMO",
      OrderId: "o1",
      Success: true,
      ErrorCode: "0",
      Amount: 29_900,
      Pan: "220077******7761",
      ExpDate: "1249",
      CardId: expect.any(Number) as number,
    });
  }
  const { history, taken, held } = await bank.payment(PaymentId);
  expect({ history, taken, held }).toEqual({
    history: ["NEW", "FORM_SHOWED", "AUTHORIZING", "AUTHORIZED", "CONFIRMING", "CONFIRMED"],
    taken: 29_900,
    held: 0,
  });
});

test("with two stages the money is held until the shop takes it, or a part of it", async () => {
  const bank = await startTBankWithShop();
  const { PaymentId } = await bank.init({ PayType: "T" });
  await bank.pay(PaymentId);
  expect(await bank.state(PaymentId)).toBe("AUTHORIZED");
  const confirm = (Amount?: number) => bank.call("Confirm", { PaymentId, Amount });
  expect(await confirm(29_901)).toMatchObject({ Success: false, ErrorCode: "330" });
  expect(await confirm(0)).toMatchObject({ Success: false, ErrorCode: "251" });
  expect(await confirm(20_000)).toMatchObject({
    Success: true,
    Status: "CONFIRMED",
    Amount: 20_000,
  });
  expect(await confirm()).toMatchObject({ Success: false, ErrorCode: "8", Status: "CONFIRMED" });
  await eventually(() => expect(bank.statuses()).toEqual(["AUTHORIZED", "CONFIRMED"]));
  expect(bank.fieldsOf("CONFIRMED")).toMatchObject({ Amount: 20_000 });
  expect(await bank.payment(PaymentId)).toMatchObject({ taken: 20_000, held: 0 });
});

test("the terminal may have two stages by itself, and a payment one", async () => {
  const { init, pay, state } = await startTBank({ payType: "T" });
  const two = await init();
  const one = await init({ PayType: "O" });
  for (const { PaymentId } of [two, one]) await pay(PaymentId);
  expect(await state(two.PaymentId)).toBe("AUTHORIZED");
  expect(await state(one.PaymentId)).toBe("CONFIRMED");
});

test("held money can be given back in parts, and goes back by itself after a week", async () => {
  const { init, pay, call, state, clock, payment } = await startTBankWithShop({ payType: "T" });
  const { PaymentId } = await init();
  const { PaymentId: other } = await init();
  for (const id of [PaymentId, other]) await pay(id);
  expect(await call("Cancel", { PaymentId, Amount: 900 })).toMatchObject({
    Status: "PARTIAL_REVERSED",
    OriginalAmount: 29_900,
    NewAmount: 29_000,
  });
  expect(await call("Cancel", { PaymentId: other })).toMatchObject({
    Status: "REVERSED",
    NewAmount: 0,
  });
  clock.nowMs += 7 * dayMs - 1;
  expect(await state(PaymentId)).toBe("PARTIAL_REVERSED");
  clock.nowMs += 1;
  expect(await state(PaymentId)).toBe("REVERSED");
  expect(await payment(PaymentId)).toMatchObject({ held: 0, taken: 0 });
});

test("what is left of held money is still to be taken", async () => {
  const { init, pay, call } = await startTBank({ payType: "T" });
  const { PaymentId } = await init();
  await pay(PaymentId);
  await call("Cancel", { PaymentId, Amount: 900 });
  expect(await call("Confirm", { PaymentId })).toMatchObject({
    Status: "CONFIRMED",
    Amount: 29_000,
  });
});

test("a refused try is announced and leaves the form open for the next one", async () => {
  const bank = await startTBankWithShop();
  const { PaymentId } = await bank.init();
  await bank.pay(PaymentId, { card: cards.poor });
  expect(await bank.state(PaymentId)).toBe("REJECTED");
  await bank.pay(PaymentId, { card: cards["3ds-refused"] });
  expect(await bank.state(PaymentId)).toBe("AUTH_FAIL");
  await bank.pay(PaymentId);
  const expected = ["AUTHORIZED", "AUTH_FAIL", "CONFIRMED", "REJECTED"];
  await eventually(() => expect(bank.statuses()).toEqual(expected));
  expect(bank.fieldsOf("REJECTED")).toMatchObject({ Success: false, ErrorCode: "1051" });
  expect(bank.fieldsOf("AUTH_FAIL")).toMatchObject({ Success: false, ErrorCode: "101" });
  expect(bank.fieldsOf("CONFIRMED")).toMatchObject({ Success: true, ErrorCode: "0" });
  const { orderId: OrderId } = await bank.payment(PaymentId);
  expect(await bank.call("CheckOrder", { OrderId })).toMatchObject({
    Payments: [{ PaymentId, Status: "CONFIRMED", Success: "true", ErrorCode: 0 }],
  });
});

test("a card may ask its bank first, and the bank may find that it is somebody else", async () => {
  const { init, pay, control, state, payment } = await startTBank();
  const { PaymentId } = await init();
  const answer = (confirmed: boolean) => control("3ds", { payment_id: PaymentId, confirmed });
  await pay(PaymentId, { card: cards["3ds"] });
  expect(await state(PaymentId)).toBe("3DS_CHECKING");
  expect(await pay(PaymentId)).toMatchObject({ code: "8" });
  await answer(false);
  expect(await state(PaymentId)).toBe("AUTH_FAIL");
  expect(await answer(true)).toMatchObject({ code: "8" });
  await pay(PaymentId, { card: cards["3ds"] });
  await answer(true);
  const { history } = await payment(PaymentId);
  expect(history.slice(-5)).toEqual([
    "3DS_CHECKING",
    "3DS_CHECKED",
    "AUTHORIZED",
    "CONFIRMING",
    "CONFIRMED",
  ]);
});

test("a link expires by itself, silently, also after a refused try", async () => {
  const { init, pay, state, clock, received, waiting } = await startTBankWithShop();
  const RedirectDueDate = "2026-11-21T12:01:00+03:00";
  const { PaymentId } = await init({ RedirectDueDate });
  const tried = await init({ RedirectDueDate });
  const day = await init();
  await pay(tried.PaymentId, { card: cards.poor });
  clock.nowMs += 59_999;
  expect(await state(PaymentId)).toBe("NEW");
  clock.nowMs += 1;
  expect(await state(PaymentId)).toBe("DEADLINE_EXPIRED");
  expect(await pay(PaymentId)).toMatchObject({ code: "8" });
  expect(await state(tried.PaymentId)).toBe("DEADLINE_EXPIRED");
  expect(await state(day.PaymentId)).toBe("NEW");
  clock.nowMs += dayMs;
  expect(await state(day.PaymentId)).toBe("DEADLINE_EXPIRED");
  await eventually(async () => expect(await waiting()).toEqual([]));
  expect(received.map(({ fields }) => fields["Status"])).toEqual(["REJECTED"]);
});

test("deadlines are announced to a shop that asked for it, without any request", async () => {
  const { init, clock, statuses } = await startTBankWithShop({ tellDeadlines: true });
  await init();
  clock.nowMs += dayMs;
  await eventually(() => expect(statuses()).toEqual(["DEADLINE_EXPIRED"]));
});

test("a payer has 36 hours to answer their bank", async () => {
  const { init, pay, state, clock } = await startTBankWithShop();
  const { PaymentId } = await init();
  await pay(PaymentId, { card: cards["3ds"] });
  clock.nowMs += 1.5 * dayMs - 1;
  expect(await state(PaymentId)).toBe("3DS_CHECKING");
  clock.nowMs += 1;
  expect(await state(PaymentId)).toBe("DEADLINE_EXPIRED");
});

test("an unpaid payment is cancelled as a whole, and not once the form is open", async () => {
  const bank = await startTBankWithShop();
  const { PaymentId } = await bank.init();
  expect(await bank.call("Cancel", { PaymentId, Amount: 1 })).toMatchObject({
    Success: true,
    Status: "CANCELED",
    OriginalAmount: 29_900,
    NewAmount: 0,
  });
  await eventually(() => expect(bank.statuses()).toEqual(["CANCELED"]));
  const open = await bank.init();
  await fetch(open.PaymentURL);
  expect(await bank.state(open.PaymentId)).toBe("FORM_SHOWED");
  for (const id of [PaymentId, open.PaymentId]) {
    const refused = await bank.call("Cancel", { PaymentId: id });
    expect(refused).toMatchObject({ Success: false, ErrorCode: "7" });
  }
});

test("a first payment of many brings the id by which its card is charged again", async () => {
  const bank = await startTBankWithShop();
  const DATA = { OperationInitiatorType: "1", plan: "30 days" };
  const { PaymentId } = await bank.init({ Recurrent: "Y", CustomerKey: "c1", DATA });
  await bank.pay(PaymentId);
  await eventually(() => expect(bank.received).toHaveLength(2));
  const RebillId = expect.any(Number) as number;
  expect(bank.fieldsOf("CONFIRMED")).toMatchObject({ RebillId, Data: DATA });
});
