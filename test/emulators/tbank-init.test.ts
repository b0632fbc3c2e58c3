import { expect, test } from "vitest";
import { type Options, startTBank } from "./tbank-client.ts";

const startMs = Date.parse("2026-11-21T09:00:00.000Z");
const start = (options: Options = {}) => startTBank({ now: () => startMs, ...options });

test("a new payment comes back with its link and an id of 20 digits as text", async () => {
  const { init, url } = await start();
  const made = await init({ OrderId: "21090", Amount: 19_200 });
  expect(made).toMatchObject({
    Success: true,
    ErrorCode: "0",
    Message: "OK",
    Details: "",
    TerminalKey: "1366000000001DEMO",
    Status: "NEW",
    PaymentId: "13660000000000000001",
    OrderId: "21090",
    Amount: 19_200,
  });
  expect(made.PaymentURL.startsWith(`${url}/pay/`)).toBe(true);
  expect(made.PaymentURL.length).toBeLessThanOrEqual(100);
  expect((await init()).PaymentId).toBe("13660000000000000002");
});

test("ids begin where they are told to", async () => {
  const { init } = await start({ firstPaymentId: "99999999999999999999" });
  expect((await init()).PaymentId).toBe("99999999999999999999");
  await expect(start({ firstPaymentId: "1366x" })).rejects.toThrow("1 to 20 digits");
});

const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "v"]));
const recurrent = { Recurrent: "Y", CustomerKey: "c1" };

test.each([
  ["251", { Amount: undefined }],
  ["251", { Amount: 0 }],
  ["251", { Amount: 99 }],
  ["251", { Amount: -500 }],
  ["251", { Amount: 100.5 }],
  ["251", { Amount: "29900" }],
  ["251", { Amount: 10_000_000_000 }],
  ["212", { OrderId: undefined }],
  ["212", { OrderId: "" }],
  ["212", { OrderId: "o".repeat(37) }],
  ["212", { OrderId: 21_090 }],
  ["213", { Description: "d".repeat(141) }],
  ["216", { CustomerKey: "c".repeat(37) }],
  ["1", { PayType: "X" }],
  ["1", { SuccessURL: "javascript:alert(1)" }],
  ["1", { NotificationURL: "https://example.org/hook" }],
  ["207", { DATA: pairs(21) }],
  ["208", { DATA: { ["k".repeat(21)]: "v" } }],
  ["209", { DATA: { k: "v".repeat(101) } }],
  ["250", { DATA: { k: 1 } }],
  ["201", { Recurrent: "Y" }],
  ["1125", { DATA: { OperationInitiatorType: "7" } }],
  ["1126", { DATA: { OperationInitiatorType: "1" } }],
  ["1126", { ...recurrent, DATA: { OperationInitiatorType: "0" } }],
  ["3017", { RedirectDueDate: "2026-11-21T09:10:00Z" }],
  ["3017", { RedirectDueDate: "2026-11-21T09:10:00.000+00:00" }],
  ["3017", { RedirectDueDate: "2026-13-21T09:10:00+00:00" }],
  ["3017", { RedirectDueDate: "2026-11-21T12:00:59+03:00" }],
  ["3017", { RedirectDueDate: "2027-02-19T12:00:01+03:00" }],
])(
  "an Init that breaks a rule is refused with %s and makes no payment: %j",
  async (code, wrong) => {
    const { call, control } = await start();
    const refused = await call("Init", { Amount: 29_900, OrderId: "o1", ...wrong });
    expect(refused).toMatchObject({ Success: false, ErrorCode: code });
    expect(refused).not.toHaveProperty("PaymentId");
    expect(await control("payments", undefined, "GET")).toEqual([]);
  },
);

test.each([
  { Amount: 100, OrderId: "o".repeat(36), Description: "d".repeat(140) },
  { DATA: { ...pairs(19), ["k".repeat(20)]: "v".repeat(100) } },
  { RedirectDueDate: "2026-11-21T12:01:00+03:00" },
  { RedirectDueDate: "2027-02-19T12:00:00+03:00" },
  { ...recurrent, DATA: { OperationInitiatorType: "1" } },
  { NotificationURL: "http://127.0.0.1:9/hook", FailURL: "https://t.me/shop" },
])("what is just allowed is taken: %j", async (params) => {
  const { init } = await start();
  expect(await init(params)).toMatchObject({ Success: true, Status: "NEW" });
});

test("one OrderId twice is two payments, unless the terminal refuses repeats", async () => {
  const lenient = await start();
  const first = await lenient.init({ OrderId: "o" });
  const second = await lenient.init({ OrderId: "o" });
  expect(second.PaymentId).not.toBe(first.PaymentId);
  expect(await lenient.call("CheckOrder", { OrderId: "o" })).toMatchObject({
    Success: true,
    OrderId: "o",
    Payments: [first, second].map(({ PaymentId }) => ({
      PaymentId,
      Amount: 29_900,
      Status: "NEW",
    })),
  });
  const strict = await start({ orderIdRepeat: "refuse" });
  await strict.init({ OrderId: "o" });
  expect(await strict.init({ OrderId: "o" })).toMatchObject({ Success: false, ErrorCode: "20" });
});

test("what is not known is not found", async () => {
  const { call } = await start();
  expect(await call("CheckOrder", { OrderId: "o" })).toMatchObject({ ErrorCode: "255" });
  for (const method of ["GetState", "Cancel", "Confirm", "GetQr", "GetQrState", "SbpPayTest"]) {
    expect(await call(method, { PaymentId: "1" })).toMatchObject({ ErrorCode: "255" });
    expect(await call(method)).toMatchObject({ ErrorCode: "201" });
    expect(await call(method, { PaymentId: "1".repeat(21) })).toMatchObject({ ErrorCode: "217" });
  }
});

const item = { Name: "30 days", Price: 29_900, Quantity: 1, Amount: 29_900, Tax: "none" };
const receipt = { Email: "a@example.org", Taxation: "usn_income", Items: [item] };
const half = { ...item, Quantity: 0.5, Amount: 14_950 };

test.each([
  ["309", { ...receipt, Items: [] }],
  ["329", { ...receipt, Email: undefined }],
  ["326", { ...receipt, Items: [{ ...item, Amount: 29_800 }] }],
  ["334", { ...receipt, Items: [half] }],
  ["334", { ...receipt, Items: [item, half] }],
  ["308", { ...receipt, Payments: { Electronic: 29_800 } }],
  ["1", { ...receipt, Taxation: "none" }],
  ["1", { ...receipt, Items: [{ ...item, Name: "n".repeat(129) }] }],
  ["1", { ...receipt, Items: Array.from({ length: 101 }, () => item) }],
])("a receipt whose sums or fields are wrong is refused with %s", async (code, Receipt) => {
  const { init } = await start();
  expect(await init({ Receipt })).toMatchObject({ Success: false, ErrorCode: code });
});

test("with a cash register each payment needs a receipt, and each partial refund too", async () => {
  const { init, call, pay } = await start({ cashRegister: true });
  expect(await init()).toMatchObject({ ErrorCode: "309" });
  const Payments = { Electronic: 29_000, AdvancePayment: 900 };
  const { PaymentId } = await init({ Receipt: { ...receipt, Payments, Items: [half, half] } });
  await pay(PaymentId);
  const part = { PaymentId, Amount: 14_950 };
  const Receipt = { ...receipt, Items: [half] };
  expect(await call("Cancel", part)).toMatchObject({ ErrorCode: "309" });
  expect(await call("Cancel", { ...part, Receipt: receipt })).toMatchObject({ ErrorCode: "334" });
  const request = { ...part, Receipt, ExternalRequestId: "r1" };
  for (const Success of [true, true])
    expect(await call("Cancel", request)).toMatchObject({ Success });
  const rest = { PaymentId, Receipt, ExternalRequestId: "r2" };
  for (const _ of [1, 2]) {
    expect(await call("Cancel", rest)).toMatchObject({ Success: true, Status: "REFUNDED" });
  }
});
