import type { Currency, Money } from "../domain/money.ts";
import { money } from "../domain/money.ts";
import type { Figures } from "../domain/operations/figures.ts";
import { byCurrency } from "../domain/operations/shop-settings.ts";
import type { Language } from "../domain/people/customer.ts";
import { bytesIn, textsIn } from "./index.ts";
import { moneyIn } from "./money.ts";

/** For whom figures are written: their language, and the shop's order of currencies. */
export interface FiguresReader {
  readonly language: Language;
  readonly currencies: readonly Currency[];
}

/** The figures of a period, below `title`: its money, also by gateway, its people and traffic. */
export function periodText(reader: FiguresReader, title: string, figures: Figures): string {
  const { language } = reader;
  const { figures: texts } = textsIn(language).operations;
  const { gateway } = textsIn(language).payments;
  const names = [...new Set(figures.income.map(({ gateway: name }) => name))].toSorted();
  const all = figures.income.map(({ amount }) => amount);
  return [
    texts.title(title),
    texts.income(amountsIn(reader, sumByCurrency(all)) || texts.nothing),
    ...names.map((name) => {
      const ofName = figures.income.filter((one) => one.gateway === name);
      return texts.ofGateway(
        gateway.name(name),
        amountsIn(
          reader,
          ofName.map(({ amount }) => amount),
        ),
      );
    }),
    ...linesOf(reader, figures.unmatchedIncome, texts.unmatchedIncome),
    ...linesOf(reader, figures.returned, texts.returned),
    texts.sales(figures.sales),
    ...(figures.topUps > 0 ? [texts.topUps(figures.topUps)] : []),
    texts.newPeople(figures.newPeople),
    ...(figures.found > 0 ? [texts.found(figures.found)] : []),
    texts.traffic(bytesIn(language, figures.downloaded), bytesIn(language, figures.uploaded)),
  ].join("\n");
}

/** A line about amounts; none where there are none. */
const linesOf = (
  reader: FiguresReader,
  amounts: readonly Money[],
  line: (amounts: string) => string,
): string[] => (amounts.length === 0 ? [] : [line(amountsIn(reader, amounts))]);

/** What is true now, and what waits. */
export function nowText(language: Language, figures: Figures): string {
  const { figures: texts } = textsIn(language).operations;
  return [
    texts.now,
    texts.active(figures.active),
    texts.devices(figures.devices, figures.online),
    texts.waiting(figures.waiting),
    texts.questions(figures.questions),
    texts.unmatched(figures.unmatched),
  ].join("\n");
}

/** One amount for each currency. */
function sumByCurrency(amounts: readonly Money[]): Money[] {
  const sums = new Map<Currency, number>();
  for (const { minor, currency } of amounts) {
    sums.set(currency, (sums.get(currency) ?? 0) + minor);
  }
  return [...sums].map(([currency, minor]) => money(minor, currency));
}

const amountsIn = ({ language, currencies }: FiguresReader, amounts: readonly Money[]): string =>
  byCurrency(amounts, currencies, ({ currency }) => currency)
    .map((amount) => moneyIn(language, amount))
    .join(" · ");
