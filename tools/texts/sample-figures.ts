import { money } from "../../domain/money.ts";
import type { Figures } from "../../domain/operations/figures.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import type { SampleShop } from "./sample-shop.ts";

/** How a sample shop does: it has sold, received and returned something only where it is busy. */
export function sampleFigures({ isBusy }: Pick<SampleShop, "isBusy">): Figures {
  const income = [
    { gateway: gatewayName("tbank"), amount: money(478_400, "RUB") },
    { gateway: gatewayName("stars"), amount: money(500, "XTR") },
  ];
  return {
    income: isBusy ? income : [],
    unmatchedIncome: isBusy ? [money(29_900, "RUB")] : [],
    returned: isBusy ? [money(29_900, "RUB"), money(250, "XTR")] : [],
    sales: isBusy ? 18 : 0,
    topUps: isBusy ? 2 : 0,
    newPeople: 4,
    found: 1,
    active: 128,
    waiting: isBusy ? 2 : 0,
    questions: isBusy ? 1 : 0,
    unmatched: isBusy ? 2 : 0,
    devices: 241,
    online: 73,
    uploaded: 9 * 1_024 ** 3,
    downloaded: 118 * 1_024 ** 3,
  };
}
