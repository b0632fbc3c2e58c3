import * as z from "zod";
import { telegramId } from "../domain/ids.ts";
import type { Staff } from "../domain/people/customer.ts";
import { longestContact } from "../domain/operations/shop-settings.ts";

const port = z.coerce
  .number({ error: "must be a port, 0 to 65535" })
  .int("must be a whole number")
  .min(0, "must be a port, 0 to 65535")
  .max(65_535, "must be a port, 0 to 65535");

const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be a URL like ${example}` });

/** `true` or `false`; false where it is absent. */
export const flag = z
  .stringbool({ error: "must be true or false" })
  .optional()
  .transform((value) => value ?? false);

/** Whom customers write to; the bot and the worker read it. */
export const supportContact = z
  .string()
  .max(longestContact, "must be a contact of up to 200 characters")
  .optional();

/** Tokens of links would go over `http` in the clear. */
function isSafeUrl(text: string): boolean {
  const { protocol, hostname } = URL.parse(text) ?? {};
  return protocol !== "http:" || ["127.0.0.1", "localhost", "[::1]"].includes(hostname ?? "");
}

/** The variables that more than one process reads, each defined once. */
export const variables = {
  port,
  databaseUrl: url(/^postgres(ql)?$/u, "postgres://user:password@host:5432/tollgate"),
  redisUrl: url(/^rediss?$/u, "redis://host:6379").optional(),
  httpUrl: url(/^https?$/u, "http://host:8080"),
  /** Where the api is reached from outside, without a slash at its end. */
  publicUrl: z
    .url({ protocol: /^https?$/u, error: "must be a URL like https://shop.example" })
    .refine((text) => !/[?#]/u.test(text), "must end before any ? or #")
    .refine(isSafeUrl, "must begin with https:// unless it is this machine")
    .transform((text) => text.replace(/\/+$/u, ""))
    .optional(),
  temporalAddress: z
    .string({ error: "must be host:port of a Temporal server" })
    .regex(
      /^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/iu,
      "must be host:port of a Temporal server",
    ),
  botToken: z
    .string({ error: "must be a bot's token from @BotFather" })
    .regex(/^\d{1,20}:[\w-]{3,100}$/u, "must be a bot's token from @BotFather, like 123456:ABC"),
  logLevel: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be one of fatal, error, warn, info, debug, trace, silent",
    })
    .default("info"),
  /** A group's number, which is below zero. */
  supportGroup: z.coerce
    .number({ error: "must be a group's number like -1001234567890" })
    .int("must be a whole number")
    .max(-1, "must be a group's number, which is below zero")
    .optional(),
  metricsHost: z.string().default("127.0.0.1"),
  metricsPort: port.default(9090),
} as const;

/** Telegram ids, separated by commas. */
export const telegramIds = z.string().transform((text, context) => {
  const parts = text.split(",").map((part) => part.trim());
  const ids = parts.filter(Boolean).map(Number);
  if (ids.length === 0 || ids.some((id) => !Number.isSafeInteger(id) || id <= 0)) {
    context.addIssue({ code: "custom", message: "must be Telegram ids like 1001,1002" });
    return z.NEVER;
  }
  return ids;
});

/** Who has which role, for each process that has to know it. */
export const staffVariables = {
  ADMIN_IDS: telegramIds.optional(),
  SUPPORT_IDS: telegramIds.optional(),
  VIEWER_IDS: telegramIds.optional(),
} as const;

/** The shop's people, as an environment names them. */
export const staffOf = (named: {
  readonly [Name in keyof typeof staffVariables]?: readonly number[] | undefined;
}): Staff => ({
  admin: (named.ADMIN_IDS ?? []).map(telegramId),
  support: (named.SUPPORT_IDS ?? []).map(telegramId),
  viewer: (named.VIEWER_IDS ?? []).map(telegramId),
});
