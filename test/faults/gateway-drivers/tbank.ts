import * as fc from "fast-check";
import { money } from "../../../domain/money.ts";
import { startTBankEmulator } from "../../../emulators/tbank/emulator.ts";
import type { Payment } from "../../../emulators/tbank/payments.ts";
import { ask, ifPossible } from "./control.ts";
import {
  type GatewayAction,
  type GatewayDriver,
  type GatewayDriverKind,
  returnable,
  type DriverOptions,
  type ShownInvoice,
  tenth,
} from "./gateway-driver.ts";
import { callTroubles } from "./troubles.ts";

const terminal = { terminalKey: "1366000000002HIST", password: "historiesOfPayments1" } as const;
/**
 * Codes that say nothing about a payment: an internal error, and a refusal.
 * Code 255, "not found", does.
 */
const noAnswers = ["9999", "7"] as const;
const means = fc.constantFrom("card", "card", "sbp");

/**
 * T-Bank: attempts to pay may fail, and the bank may refund any part by itself. It saves cards,
 * which may later have no money or be removed.
 */
export const tbank: GatewayDriverKind = {
  name: "tbank",
  currencies: ["RUB"],
  refunds: "partial",
  subscribes: "byCalendar",
  actions: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("pay" as const),
        tenths: fc.constant(10),
        by: means,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("decline" as const), by: means }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("giveBack" as const),
        tenths: fc.constantFrom(...returnable),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("card" as const),
        is: fc.constantFrom("good", "poor", "poor", "removed"),
      }),
    },
  ),
  troubles: fc.oneof(
    callTroubles(["Init", "GetState", "CheckOrder", "Cancel"]),
    callTroubles(["Charge", "Charge", "GetCardList", "RemoveCard"]),
    fc.constant({ kind: "refuse", method: "Charge", code: "10", times: 1 }),
    fc.constant({ kind: "refuse", method: "Cancel", code: "4", times: 1 }),
    fc.record({
      kind: fc.constant("refuse"),
      method: fc.constant("GetState"),
      code: fc.constantFrom(...noAnswers),
      times: fc.constant(2),
    }),
  ),
  open,
};

async function open({ webhookUrl }: DriverOptions): Promise<GatewayDriver> {
  const emulator = await startTBankEmulator({ port: 0, ...terminal, webhookUrl, recurring: true });
  const { url } = emulator;
  const listPayments = () => ask<Payment[]>(`${url}/control/payments`, undefined, "GET");
  return {
    kind: tbank,
    variables: {
      TBANK_TERMINAL_KEY: terminal.terminalKey,
      TBANK_PASSWORD: terminal.password,
      TBANK_URL: url,
      TBANK_RECURRING: "true",
    },
    perform: async (action, shown) => ifPossible(performAt(url, action, shown)),
    makeTrouble: (trouble) => ask(`${url}/control/faults`, trouble),
    chargesOf: async ({ id }) => {
      const paid = (await listPayments()).filter(
        ({ orderId, taken }) => orderId === id && taken > 0,
      );
      return paid.map(({ id: reference, taken, refunded }) => {
        return { reference, paid: money(taken, "RUB"), returned: money(refunded, "RUB") };
      });
    },
    unmatched: async () => [],
    close: () => emulator.close(),
  };
}

/**
 * Sends the action to the emulator, which answers 409 for a closed form or more money
 * than was paid.
 */
async function performAt(
  url: string,
  action: GatewayAction,
  { order, invoice: { reference: payment_id } }: ShownInvoice,
): Promise<unknown> {
  switch (action.kind) {
    case "pay":
      return ask(`${url}/control/pay`, { payment_id, means: action.by });
    case "decline":
      return ask(`${url}/control/decline`, { payment_id, means: action.by });
    case "giveBack":
      return ask(`${url}/control/refund`, { payment_id, amount: action.tenths * tenth.RUB });
    case "card":
      return ask(`${url}/control/cards`, { customer_key: order.id, to: action.is }, "PUT");
    case "renew":
    case "payForNothing":
      return undefined;
  }
}
