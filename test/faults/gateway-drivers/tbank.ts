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
  type Surroundings,
  tenth,
} from "./gateway-driver.ts";
import { callTroubles } from "./troubles.ts";

const terminal = { terminalKey: "1366000000002HIST", password: "historiesOfPayments1" } as const;
/** What is no word about a payment: the bank's own trouble, and a no. One that it does not know is a word: 255. */
const noAnswers = ["9999", "7"] as const;
const means = fc.constantFrom("card", "card", "sbp");

/** T-Bank: tries to pay may fail, and the bank gives back what it likes, in parts. */
export const tbank: GatewayDriverKind = {
  name: "tbank",
  currencies: ["RUB"],
  refunds: "partial",
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
  ),
  troubles: fc.oneof(
    callTroubles(["Init", "GetState", "CheckOrder", "Cancel"]),
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

async function open({ webhookUrl }: Surroundings): Promise<GatewayDriver> {
  const emulator = await startTBankEmulator({ port: 0, ...terminal, webhookUrl });
  const { url } = emulator;
  const kept = () => ask<Payment[]>(`${url}/control/payments`, undefined, "GET");
  return {
    kind: tbank,
    variables: {
      TBANK_TERMINAL_KEY: terminal.terminalKey,
      TBANK_PASSWORD: terminal.password,
      TBANK_URL: url,
    },
    do: async (deed, { invoice }) => ifPossible(done(url, deed, invoice.reference)),
    makeTrouble: (trouble) => ask(`${url}/control/faults`, trouble),
    chargesOf: async ({ id }) => {
      const paid = (await kept()).filter(({ orderId, taken }) => orderId === id && taken > 0);
      return paid.map(({ id: reference, taken, refunded }) => {
        return { reference, paid: money(taken, "RUB"), returned: money(refunded, "RUB") };
      });
    },
    strangers: async () => [],
    close: () => emulator.close(),
  };
}

/** What is asked of a form that is closed, or of money that is not there, does not happen. */
async function done(url: string, deed: GatewayAction, payment_id: string): Promise<unknown> {
  switch (deed.kind) {
    case "pay":
      return ask(`${url}/control/pay`, { payment_id, means: deed.by });
    case "decline":
      return ask(`${url}/control/decline`, { payment_id, means: deed.by });
    case "giveBack":
      return ask(`${url}/control/refund`, { payment_id, amount: deed.tenths * tenth.RUB });
    case "payForNothing":
      return undefined;
  }
}
