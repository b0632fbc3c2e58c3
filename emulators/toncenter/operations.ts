import { Address, Cell } from "@ton/core";
import * as z from "zod";

/** Far more than anybody pays, and far less than the faucet has. */
const maxBaseUnits = 10n ** 17n;

const amount = z
  .string()
  .refine(
    (text) => /^\d{1,18}$/u.test(text) && BigInt(text) <= maxBaseUnits,
    `is a whole number of base units in quotes, as "1500000000", ${maxBaseUnits} at most`,
  );

const address = z.string().refine(isAddress, "is not a TON address, raw or user-friendly");

/** Whether a text is an address, raw or user-friendly. */
export function isAddress(text: string): boolean {
  return Address.isRaw(text) || Address.isFriendly(text);
}

const bag = z.base64().refine((text) => {
  try {
    return Cell.fromBase64(text) !== undefined;
  } catch {
    return false;
  }
}, "is not a bag of cells in base64");

const note = {
  comment: z.string().max(4_000).optional(),
  /** Bytes of a binary comment in hex. */
  binary: z.hex().max(4_000).optional(),
  /** A whole body as a bag of cells in base64. */
  payload: bag.optional(),
};

/** The payer: each name has its own wallet; `merchant` is the shop itself, for refunds. */
const from = z
  .string()
  .regex(/^[\w-]{1,40}$/u, "is a name of letters, digits, _ and -")
  .default("customer");

const pay = z.strictObject({
  kind: z.literal("pay"),
  /** Without it, the merchant. */
  to: address.optional(),
  /** Nanotons, or the jetton's base units. */
  amount,
  ...note,
  /** A jetton's master, or `usdt`; without it, the native coin. */
  jetton: z.union([z.literal("usdt"), address]).optional(),
  from,
  /** Without it, as the address says: EQ bounces, UQ and raw ones do not. */
  bounce: z.boolean().optional(),
  /** Nanotons of the jetton's notification; "0" sends none. */
  forward_ton_amount: amount.default("1"),
  /** Where a jetton's comment lies: both are within the standard. */
  comment_in: z.enum(["ref", "inline"]).default("ref"),
  /** An idempotency key: one id is paid once. */
  id: z.string().max(100).optional(),
});

/** A notification of jettons that were never moved, from a wallet that is not a jetton wallet. */
const forge = z.strictObject({
  kind: z.literal("forge"),
  to: address.optional(),
  amount,
  ...note,
  from: from.default("forger"),
  /** Who the forger says has sent it; without it, the forger. */
  claimed_sender: address.optional(),
});

/** A jetton of its own; with the name and symbol of another it is a look-alike. */
const jetton = z.strictObject({
  kind: z.literal("jetton"),
  name: z.string().min(1).max(100).default("Tether USD"),
  symbol: z.string().min(1).max(20).default("USD₮"),
  decimals: z.int().min(0).max(18).default(6),
});

/** An external message, as `sendBoc` takes it. */
const send = z.strictObject({ kind: z.literal("send"), boc: bag });

/** The body of `POST /control/pay`. */
export const paySchema = pay.omit({ kind: true });

/** The body of `POST /control/forge`. */
export const forgeSchema = forge.omit({ kind: true });

/** The body of `POST /control/jettons`. */
export const jettonSchema = jetton.omit({ kind: true });

/** The parameters of `sendBoc`. */
export const sendSchema = send.omit({ kind: true });

/** An operation as the data file keeps it. */
export const operationSchema = z.discriminatedUnion("kind", [pay, forge, jetton, send]);

/** A payment. */
export type Pay = z.infer<typeof pay>;

/** A forged notification. */
export type Forge = z.infer<typeof forge>;

/** A jetton to be issued. */
export type NewJetton = z.infer<typeof jetton>;

/** Something that changes the chain. */
export type Operation = z.infer<typeof operationSchema>;
