import { money } from "../../../domain/money.ts";
import { TBankGateway, type TBankSettings } from "../../../gateways/payment-gateway/tbank.ts";
import { type Options, password, startTBank, terminalKey } from "../../emulators/tbank-client.ts";
import type { GatewayWorld, Step, Trouble } from "./world.ts";

export interface TBankWorld extends GatewayWorld {
  readonly bank: Awaited<ReturnType<typeof startTBank>>;
}

interface Given {
  readonly means?: "card" | "sbp";
  readonly emulator?: Options;
  readonly settings?: Partial<TBankSettings>;
}

/** What each step changes at T-Bank. */
const changes: Readonly<Partial<Record<Step, string>>> = { issueInvoice: "Init", refund: "Cancel" };

const faultOf = (step: Step, trouble: Trouble) => {
  const times = { times: 1 };
  switch (trouble) {
    case "lost":
      return { kind: "timeout-after-success", method: changes[step], hold_ms: 5, ...times };
    case "429":
      return { kind: trouble, retry_after: 7, ...times };
    case "dropped":
      return { kind: "drop-connection", ...times };
    case "refused":
      return { kind: "refuse", code: "10", name: "Not this time", ...times };
    case "500":
    case "502":
      return { kind: trouble, ...times };
  }
};

/** T-Bank's emulator and people who pay there, for one test. */
export async function openTBank({ means = "card", ...given }: Given = {}): Promise<TBankWorld> {
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
    returned: async (_order, reference) => (await bank.kept(reference)).refunded,
    befall: (step, trouble) => bank.fault(faultOf(step, trouble)),
    secrets: [password],
  };
}
