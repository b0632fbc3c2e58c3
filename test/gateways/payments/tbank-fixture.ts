import { money } from "../../../domain/money.ts";
import { TBankGateway, type TBankSettings } from "../../../gateways/payments/tbank/adapter.ts";
import { type Options, password, startTBank, terminalKey } from "../../emulators/tbank-client.ts";
import { callFaults } from "./call-faults.ts";
import type { GatewayFixture } from "./fixture.ts";

export interface TBankFixture extends GatewayFixture {
  readonly bank: Awaited<ReturnType<typeof startTBank>>;
}

interface TBankOptions {
  readonly means?: "card" | "sbp";
  readonly emulator?: Options;
  readonly settings?: Partial<TBankSettings>;
}

const faultOf = callFaults(
  { issueInvoice: "Init", refund: "Cancel" },
  { code: "10", name: "Not this time" },
);

/** T-Bank's emulator and its customers, for one test. */
export async function openTBank({
  means = "card",
  ...given
}: TBankOptions = {}): Promise<TBankFixture> {
  const bank = await startTBank(given.emulator);
  const settings = { url: bank.url, terminalKey, password, ...given.settings };
  const another = () => new TBankGateway(settings);
  return {
    gateway: another(),
    another,
    bank,
    price: money(29_900, "RUB"),
    tellsOnce: true,
    pay: async (_order, { reference }) => void (await bank.pay(reference, { means })),
    returned: async (_order, reference) => (await bank.payment(reference)).refunded,
    inject: (step, trouble) => bank.fault(faultOf(step, trouble)),
    secrets: [password],
  };
}
