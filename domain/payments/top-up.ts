import { currencies, type Currency, decimalOf, type Money, money, parseMoney } from "../money.ts";
import { readAmount } from "./written-amount.ts";

/** How much a balance may be topped up by at once, in minor units. */
export interface TopUpLimits {
  readonly least: number;
  readonly most: number;
}

/** How balances are topped up in one currency, in minor units. */
export interface TopUpRule extends TopUpLimits {
  /** The amounts that are offered as buttons. */
  readonly amounts: readonly number[];
}

/** The currencies in which balances may be topped up; none: not at all. */
export type TopUpRules = Readonly<Partial<Record<Currency, TopUpRule>>>;

interface UsualRule {
  readonly amounts: readonly string[];
  readonly least: string;
  readonly most: string;
}

const fiat = { amounts: ["5", "10", "20", "50"], least: "1", most: "1000" };

const usual: Readonly<Record<Currency, UsualRule>> = {
  XTR: { amounts: ["100", "250", "500", "1000"], least: "10", most: "10000" },
  RUB: { amounts: ["100", "300", "500", "1000"], least: "50", most: "50000" },
  USD: fiat,
  EUR: fiat,
  USDT: fiat,
  GRAM: { amounts: ["2", "5", "10", "20"], least: "0.5", most: "500" },
};

/** The most amounts that are offered in one currency. */
export const mostTopUpAmounts = 6;

const entriesOf = (text: string): string[] =>
  text
    .split(/[;\n]+/u)
    .map((entry) => entry.trim())
    .filter(Boolean);

interface WrittenEntry {
  readonly currency: Currency;
  readonly rest: string;
}

/** A code, and what follows it. A comma between two digits belongs to an amount. */
function readEntry(entry: string): WrittenEntry | undefined {
  const [code = "", ...rest] = entry.split(/(?:\s|,(?!\d)|(?<!\d),)+/u);
  const currency = currencies.find((one) => one === code.toUpperCase());
  return currency && { currency, rest: rest.join(" ") };
}

/**
 * With a comma or a point before its decimals; one that may also be a thousand times as
 * much does not count.
 */
const amountIn = (text: string, currency: Currency): Money | undefined =>
  /^[\d.,]+$/u.test(text) ? readAmount(text, currency) : undefined;

function amountsIn({ currency, rest }: WrittenEntry): Money[] | undefined {
  const amounts = rest.split(" ").map((text) => amountIn(text, currency));
  const known = amounts.filter((one): one is Money => one !== undefined && one.minor > 0);
  const isWhole = known.length === amounts.length && known.length <= mostTopUpAmounts;
  return isWhole && isDistinct(known.map(({ minor }) => minor)) ? known : undefined;
}

const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

function parseEntries(
  text: string,
  writeEntry: (entry: WrittenEntry) => string | undefined,
): string | undefined {
  const entries = entriesOf(text).map(readEntry);
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length !== entries.length || known.length === 0) return undefined;
  if (!isDistinct(known.map(({ currency }) => currency))) return undefined;
  const written = known.map(writeEntry);
  return written.includes(undefined) ? undefined : written.join("; ");
}

/**
 * The amounts that an owner offers, as they are stored: `RUB 100 300; XTR 250`.
 * @returns undefined where the text is not that.
 */
export const parseTopUpAmounts = (text: string): string | undefined =>
  parseEntries(text, (entry) => {
    const amounts = amountsIn(entry);
    return amounts && [entry.currency, ...amounts.map(decimalOf)].join(" ");
  });

/**
 * The least and the most, as they are stored: `RUB 50-50000; XTR 10-10000`.
 * @returns undefined where the text is not that.
 */
export const parseTopUpLimits = (text: string): string | undefined =>
  parseEntries(text, (entry) => {
    const limits = limitsIn(entry);
    if (limits === undefined) return undefined;
    const { currency } = entry;
    const written = [limits.least, limits.most].map((minor) => decimalOf(money(minor, currency)));
    return `${currency} ${written.join("-")}`;
  });

function limitsIn({ currency, rest }: WrittenEntry): TopUpLimits | undefined {
  const [least, most, ...more] = rest.split(/\s*[-–]\s*/u).map((one) => amountIn(one, currency));
  if (least === undefined || most === undefined || more.length > 0) return undefined;
  const isRange = least.minor > 0 && least.minor <= most.minor;
  return isRange ? { least: least.minor, most: most.minor } : undefined;
}

const minorOf = (decimal: string, currency: Currency): number =>
  parseMoney(decimal, currency)?.minor ?? 0;

/**
 * The rules in force, from what is stored: `usual`, `off` or the owner's amounts, and `usual` or the
 * owner's limits. An amount outside the limits is not offered.
 */
export function topUpRulesFrom(amounts: string, limits: string): TopUpRules {
  if (amounts === "off") return {};
  const ofOwner = entriesOf(amounts === "usual" ? "" : amounts).flatMap((entry) => {
    const read = readEntry(entry);
    return read ? [[read.currency, amountsIn(read) ?? []] as const] : [];
  });
  const usualAmounts = currencies.map((currency) => {
    const offered = usual[currency].amounts.map((one) => money(minorOf(one, currency), currency));
    return [currency, offered] as const;
  });
  const ranges = new Map(
    entriesOf(limits === "usual" ? "" : limits).flatMap((entry) => {
      const read = readEntry(entry);
      const range = read && limitsIn(read);
      return read && range ? [[read.currency, range] as const] : [];
    }),
  );
  return Object.fromEntries(
    (amounts === "usual" ? usualAmounts : ofOwner).map(([currency, offered]) => {
      const { least, most } = ranges.get(currency) ?? usualLimits(currency);
      const minors = offered.map(({ minor }) => minor);
      return [
        currency,
        { least, most, amounts: minors.filter((one) => one >= least && one <= most) },
      ];
    }),
  );
}

const usualLimits = (currency: Currency): TopUpLimits => ({
  least: minorOf(usual[currency].least, currency),
  most: minorOf(usual[currency].most, currency),
});

/** What stands against an amount: nothing, its size, or that nothing is topped up in its currency. */
export type TopUpCheck = "fits" | "tooSmall" | "tooLarge" | "notOffered";

/** Whether a balance may be topped up by this amount. */
export function checkTopUp(rules: TopUpRules, { minor, currency }: Money): TopUpCheck {
  const rule = rules[currency];
  if (rule === undefined) return "notOffered";
  if (minor < rule.least) return "tooSmall";
  return minor > rule.most ? "tooLarge" : "fits";
}
