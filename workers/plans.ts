import { readFileSync } from "node:fs";
import * as z from "zod";
import type { OfferedPlan } from "../db/payments/plans.ts";
import { currencies, type Currency, decimals } from "../domain/money.ts";
import { packsEnds } from "../domain/access/limit-period.ts";
import { isLocationCode, mostLocationGroups } from "../domain/access/location-change.ts";
import {
  bytesInGb,
  longestPlanDescription,
  longestPlanName,
  mostGraceDays,
  mostPlanDays,
  mostPlanDevices,
  mostPlanGb,
  parsePrice,
} from "../domain/payments/plan-change.ts";
import { periodModes } from "../domain/payments/plan-traffic.ts";
import type { PlanCode } from "../domain/payments/plan.ts";
import { languages } from "../domain/people/customer.ts";

const inEachLanguage = (most: number) =>
  z.strictObject(
    Object.fromEntries(
      languages.map((language) => [language, z.string().trim().min(1).max(most)]),
    ) as {
      [Key in (typeof languages)[number]]: z.ZodString;
    },
  );

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
    const minor = parsePrice(text, currency);
    if (minor === undefined) {
      addIssue(
        `${code} must be a positive decimal with at most ${decimals[currency]} decimals, not "${text}"`,
      );
      continue;
    }
    read[currency] = minor;
  }
  return read;
});

const somePrices = prices.refine((given) => Object.keys(given).length > 0, {
  error: "must have at least one price",
});

const entry = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9-]{1,16}$/u, "must be 1 to 16 of a-z, 0-9 and -"),
    names: inEachLanguage(longestPlanName),
    descriptions: inEachLanguage(longestPlanDescription),
    days: z.int().min(1).max(mostPlanDays),
    graceDays: z.int().min(1).max(mostGraceDays).optional(),
    devices: z.int().min(1).max(mostPlanDevices),
    prices: prices.default({}),
    trafficGb: z.int().min(1).max(mostPlanGb).optional(),
    limitPeriod: z.enum(periodModes).default("purchase"),
    packsEnd: z.enum(packsEnds).default("usedUp"),
    extraDevice: somePrices.optional(),
    trafficPack: z
      .strictObject({ gb: z.int().min(1).max(mostPlanGb), prices: somePrices })
      .optional(),
    locationGroups: z
      .array(z.string().refine(isLocationCode, "must be 1 to 16 of a-z, 0-9 and -"))
      .min(1)
      .max(mostLocationGroups)
      .optional(),
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
  })
  .refine(({ trial, extraDevice, trafficPack }) => !trial || !(extraDevice ?? trafficPack), {
    path: ["extraDevice"],
    error: "must be absent, like trafficPack: nothing is added to the trial",
  })
  .refine(({ trial, graceDays }) => !trial || graceDays === undefined, {
    path: ["graceDays"],
    error: "must be absent: give the trial more days instead",
  })
  .refine(({ trafficPack, trafficGb }) => !trafficPack || trafficGb !== undefined, {
    path: ["trafficPack"],
    error: "needs trafficGb: there is nothing to add where traffic has no limit",
  })
  .refine(({ limitPeriod, trafficGb }) => limitPeriod === "purchase" || trafficGb !== undefined, {
    path: ["limitPeriod"],
    error: "needs trafficGb: without a limit nothing begins anew",
  })
  .refine(({ packsEnd, limitPeriod }) => packsEnd === "usedUp" || limitPeriod !== "purchase", {
    path: ["packsEnd"],
    error: "needs a limitPeriod with which packs could end",
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
  return parsed.data.map(({ devices, code, trafficGb, extraDevice, trafficPack, ...rest }) => {
    const { locationGroups, limitPeriod, packsEnd, graceDays, ...plan } = rest;
    return {
      ...plan,
      ...(graceDays === undefined ? {} : { graceDays }),
      ...(locationGroups === undefined ? {} : { locationGroups }),
      ...(limitPeriod === "purchase" ? {} : { limitPeriod }),
      ...(packsEnd === "usedUp" ? {} : { packsEnd }),
      ...(extraDevice === undefined ? {} : { extraDevice }),
      ...(trafficPack === undefined
        ? {}
        : { trafficPack: { bytes: trafficPack.gb * bytesInGb, prices: trafficPack.prices } }),
      code: code as PlanCode,
      deviceLimit: devices,
      ...(trafficGb === undefined ? {} : { trafficLimitBytes: trafficGb * bytesInGb }),
    };
  });
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
