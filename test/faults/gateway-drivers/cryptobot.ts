import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { money, parseMoney } from "../../../domain/money.ts";
import { startCryptoBotEmulator } from "../../../emulators/cryptobot/emulator.ts";
import type { Invoice, Paid } from "../../../emulators/cryptobot/invoices.ts";
import type { Transfer } from "../../../emulators/cryptobot/transfers.ts";
import { ask, ifPossible, readRecords } from "./control.ts";
import type {
  GatewayCharge,
  GatewayDriver,
  GatewayDriverKind,
  DriverOptions,
} from "./gateway-driver.ts";
import { callTroubles } from "./troubles.ts";

const token = "12345:AAhistoriesOfPaymentsCryptoPayToken0";

type WireInvoice = Invoice & Partial<Paid>;

/** Crypto Pay: an invoice is paid once and in full, and refunds are transfers that we make. */
export const cryptobot: GatewayDriverKind = {
  name: "cryptobot",
  currencies: ["USDT"],
  refunds: "partial",
  actions: fc.oneof(
    { weight: 12, arbitrary: fc.constant({ kind: "pay" as const, tenths: 10, by: "USDT" }) },
    { weight: 1, arbitrary: fc.constant({ kind: "payForNothing" as const }) },
  ),
  troubles: fc.oneof(
    callTroubles(["createInvoice", "getInvoices", "transfer", "getTransfers"]),
    fc.constant({ kind: "refuse", method: "transfer", name: "NOT_ENOUGH_COINS", times: 1 }),
  ),
  open,
};

async function open({ webhookUrl }: DriverOptions): Promise<GatewayDriver> {
  const emulator = await startCryptoBotEmulator({ port: 0, token, webhookUrl });
  const { url } = emulator;
  const list = <Item>(method: string): Promise<Item[]> =>
    readRecords(async () => {
      const headers = { "crypto-pay-api-token": token };
      const response = await fetch(`${url}/api/${method}?count=1000`, { headers });
      const { result } = (await response.json()) as { result: { items: Item[] } };
      return result.items;
    });
  const pay = (invoice: number) => ifPossible(ask(`${url}/control/pay`, { invoice_id: invoice }));
  const listPaid = async (isMeant: (payload: string) => boolean) => {
    const invoices = await list<WireInvoice>("getInvoices");
    return invoices.filter(({ payload = "", status }) => isMeant(payload) && status === "paid");
  };
  return {
    kind: cryptobot,
    variables: { CRYPTOBOT_TOKEN: token, CRYPTOBOT_URL: url, CRYPTOBOT_REFUNDS: "true" },
    perform: async (action, { invoice: { reference } }) => {
      if (action.kind === "pay") return pay(Number(reference));
      if (action.kind === "payForNothing") return pay(await createUnmatchedInvoice(url));
    },
    makeTrouble: (trouble) => ask(`${url}/control/faults`, trouble),
    chargesOf: async ({ id }, refunded) => {
      const transfers = await list<Transfer>("getTransfers");
      const paid = await listPaid((payload) => payload === id);
      return paid.map((invoice) => chargeOf(invoice, transfers, refunded));
    },
    unmatched: async () =>
      (await listPaid((payload) => payload.startsWith(foreignPayload))).map((invoice) =>
        chargeOf(invoice, [], new Map()),
      ),
    close: () => emulator.close(),
  };
}

/** How the payloads of another program that uses the same app begin. */
const foreignPayload = "order of another shop: ";

async function createUnmatchedInvoice(url: string): Promise<number> {
  return readRecords(async () => {
    const headers = { "crypto-pay-api-token": token, "content-type": "application/json" };
    const body = JSON.stringify({
      asset: "USDT",
      amount: "1",
      payload: `${foreignPayload}${randomUUID()}`,
    });
    const response = await fetch(`${url}/api/createInvoice`, { method: "POST", headers, body });
    const { result } = (await response.json()) as { result: { invoice_id: number } };
    return result.invoice_id;
  });
}

const amountOf = (text = ""): number => parseMoney(text, "USDT")?.minor ?? Number.NaN;

/**
 * A paid invoice as a charge; returned is the sum of the transfers that have keys of its refunds.
 */
function chargeOf(
  { invoice_id, paid_amount }: WireInvoice,
  transfers: readonly Transfer[],
  refunded: ReadonlyMap<string, string>,
): GatewayCharge {
  const reference = String(invoice_id);
  const returned = transfers
    .filter(({ spend_id }) => refunded.get(spend_id) === reference)
    .reduce((sum, transfer) => sum + amountOf(transfer.amount), 0);
  return {
    reference,
    paid: money(amountOf(paid_amount), "USDT"),
    returned: money(returned, "USDT"),
  };
}
