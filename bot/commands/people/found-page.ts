import type { UnmatchedCharge } from "../../../db/queries/payments/unmatched.ts";
import type { CustomerName } from "../../../db/queries/people/customers.ts";
import {
  adminMenuButton,
  customerButton,
  unmatchedChargeButton,
} from "../../../domain/messaging/buttons.ts";
import { moneyIn } from "../../../texts/money.ts";
import { foundCustomersButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { fitLabel } from "../fit-lines.ts";
import { type Page, pageOf, searchedIn, withBack } from "../paging.ts";

/** What the admins' one search has found. */
export interface Found {
  readonly customers: readonly CustomerName[];
  readonly unmatched: readonly UnmatchedCharge[];
}

/** The customers and unmatched payments that a search found, to choose from. */
export function foundPage(
  context: BotContext,
  { customers, unmatched }: Found,
  { searched, number }: { readonly searched: string; readonly number: number },
): Page {
  const { language, texts } = context;
  const entries = [
    ...customers.map(({ telegramId: id, name }) => ({
      buttons: [
        [{ text: fitLabel(name, (short) => `👤 ${short}`), data: customerButton.data({ id }) }],
      ],
    })),
    ...unmatched.map(({ key, amount }) => {
      const text = texts.payments.unmatched.choice(moneyIn(language, amount));
      return { buttons: [[{ text, data: unmatchedChargeButton.data({ key }) }]] };
    }),
  ];
  const head = texts.people.customer.found(entries.length);
  const beginning = searchedIn(searched);
  const turnTo = (page: number) => foundCustomersButton.data({ page, searched: beginning });
  const page = pageOf({ head, entries, perPage: 10, turnTo }, number);
  return withBack(context, page, adminMenuButton.data({}));
}
