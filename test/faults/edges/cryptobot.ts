import * as fc from "fast-check";
import { money, parseMoney } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payment.ts";
import { startCryptoBotEmulator } from "../../../emulators/cryptobot/emulator.ts";
import type { Invoice, Paid } from "../../../emulators/cryptobot/invoices.ts";
import type { Transfer } from "../../../emulators/cryptobot/transfers.ts";
import { ask, ifPossible, record } from "./control.ts";
import type { ChargeThere, Edge, EdgeKind, Surroundings } from "./edge.ts";
import { callTroubles } from "./troubles.ts";

const token = "12345:AAhistoriesOfPaymentsCryptoPayToken0";

type WireInvoice = Invoice & Partial<Paid>;

/** Crypto Pay: an invoice is paid once and whole, and money goes back by a transfer of ours. */
export const cryptobot: EdgeKind = {
  name: "cryptobot",
  currencies: ["USDT"],
  refunds: "partial",
  deeds: fc.constant({ kind: "pay", tenths: 10, by: "USDT" }),
  troubles: fc.oneof(
    callTroubles(["createInvoice", "getInvoices", "transfer", "getTransfers"]),
    fc.constant({ kind: "refuse", method: "transfer", name: "NOT_ENOUGH_COINS", times: 1 }),
  ),
  open,
};

async function open({ webhookUrl }: Surroundings): Promise<Edge> {
  const emulator = await startCryptoBotEmulator({ port: 0, token, webhookUrl });
  const { url } = emulator;
  const listed = <Item>(method: string): Promise<Item[]> =>
    record(async () => {
      const headers = { "crypto-pay-api-token": token };
      const response = await fetch(`${url}/api/${method}?count=1000`, { headers });
      const { result } = (await response.json()) as { result: { items: Item[] } };
      return result.items;
    });
  return {
    kind: cryptobot,
    variables: { CRYPTOBOT_TOKEN: token, CRYPTOBOT_URL: url, CRYPTOBOT_REFUNDS: "true" },
    do: (_deed, { invoice: { reference } }) =>
      ifPossible(ask(`${url}/control/pay`, { invoice_id: Number(reference) })),
    makeTrouble: (trouble) => ask(`${url}/control/faults`, trouble),
    chargesOf: async (order) => {
      const invoices = await listed<WireInvoice>("getInvoices");
      const transfers = await listed<Transfer>("getTransfers");
      const paid = invoices.filter(
        ({ payload, status }) => payload === order.id && status === "paid",
      );
      return paid.map((invoice) => chargeOf(order, invoice, transfers));
    },
    close: () => emulator.close(),
  };
}

/** What comes back to a person comes as a transfer to them, and a history has a person of its own. */
function chargeOf(
  { telegramId, price: { currency } }: PaymentOrder,
  { invoice_id, paid_amount }: WireInvoice,
  transfers: readonly Transfer[],
): ChargeThere {
  const amount = (text = "") => parseMoney(text, currency)?.minor ?? Number.NaN;
  const returned = transfers
    .filter(({ user_id }) => user_id === telegramId)
    .reduce((sum, transfer) => sum + amount(transfer.amount), 0);
  return {
    reference: String(invoice_id),
    paid: money(amount(paid_amount), currency),
    returned: money(returned, currency),
  };
}
