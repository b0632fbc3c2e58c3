import { readFileSync } from "node:fs";
import * as z from "zod";
import type { OfferedPlan } from "../db/payments/plans.ts";
import { currencies, type Currency, decimals, parseMoney } from "../domain/money.ts";
import type { PlanCode } from "../domain/payments/plan.ts";
import { languages } from "../domain/people/customer.ts";

/** As the bot shows traffic: 1 GB is 2^30 bytes. */
const bytesInGb = 2 ** 30;

const inEachLanguage = (most: number) =>
  z.strictObject(
    Object.fromEntries(
      languages.map((language) => [language, z.string().trim().min(1).max(most)]),
    ) as {
      [Key in (typeof languages)[number]]: z.ZodString;
    },
  );

/**
 * Telegram takes at most 100,000 Stars, and T-Bank has its limits too:
 * anything above is a typing error.
 */
const mostMinor = { XTR: 100_000, RUB: 100_000_000, USD: 1_000_000, EUR: 1_000_000 } as const;

const price = z.union([z.string(), z.number()]).transform((given) => String(given));

const prices = z.record(z.string(), price).transform((given, context) => {
  const read: Partial<Record<Currency, number>> = {};
  const addIssue = (message: string) => context.addIssue({ code: "custom", message });
  for (const [code, text] of Object.entries(given)) {
    const currency = currencies.find((known) => known === code);
    if (currency === undefined) {
      addIssue(`${code} is not a currency that can be sold in: use ${currencies.join(", ")}`);
      continue;
    }
    const parsed = parseMoney(text, currency);
    const most = mostMinor[currency as keyof typeof mostMinor] ?? Number.MAX_SAFE_INTEGER;
    if (parsed === undefined || parsed.minor === 0 || parsed.minor > most) {
      addIssue(
        `${code} must be a positive decimal with at most ${decimals[currency]} decimals, not "${text}"`,
      );
      continue;
    }
    read[currency] = parsed.minor;
  }
  return read;
});

const entry = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9-]{1,16}$/u, "must be 1 to 16 of a-z, 0-9 and -"),
    names: inEachLanguage(32),
    descriptions: inEachLanguage(200),
    days: z.int().min(1).max(3_660),
    devices: z.int().min(1).max(100),
    prices: prices.default({}),
    trafficGb: z.int().min(1).max(1_000_000).optional(),
    order: z.int().default(0),
    hidden: z.boolean().default(false),
    trial: z.boolean().default(false),
  })
  .refine(({ trial, prices: own }) => trial || Object.keys(own).length > 0, {
    path: ["prices"],
    error: "must have at least one price, or the plan must be the trial",
  })
  .refine(({ trial, prices: own }) => !trial || Object.keys(own).length === 0, {
    path: ["prices"],
    error: "must be empty: the trial is given, not sold",
  });

const entries = z
  .array(entry)
  .min(1, "must list at least one plan")
  .refine((plans) => new Set(plans.map(({ code }) => code)).size === plans.length, {
    error: "each plan needs a code of its own",
  })
  .refine((plans) => plans.filter(({ trial }) => trial).length <= 1, {
    error: "at most one plan can be the trial",
  });

/**
 * Reads the plans that the owner offers.
 * @throws Error that lists every place that is wrong.
 */
export function parsePlans(content: unknown): OfferedPlan[] {
  const parsed = entries.safeParse(content);
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(places.join("; "));
  }
  return parsed.data.map(({ devices, code, trafficGb, ...plan }) => ({
    ...plan,
    code: code as PlanCode,
    deviceLimit: devices,
    ...(trafficGb === undefined ? {} : { trafficLimitBytes: trafficGb * bytesInGb }),
  }));
}

/** The file of plans, by its path; a problem names its place in the file. */
export const plansFile = z.string().transform((path, context): OfferedPlan[] => {
  try {
    return parsePlans(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const isUnreadable = (error as NodeJS.ErrnoException).code !== undefined;
    const message =
      error instanceof SyntaxError
        ? "is not JSON"
        : isUnreadable
          ? "cannot be read"
          : (error as Error).message;
    context.addIssue({ code: "custom", message: `${path}: ${message}` });
    return z.NEVER;
  }
});
