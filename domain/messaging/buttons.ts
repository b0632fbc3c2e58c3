import type { Currency } from "../money.ts";
import { type ApprovalId, type DeviceId, deviceId, telegramId, type TelegramId } from "../ids.ts";
import { type FigurePeriod, figurePeriods } from "../operations/figures.ts";
import { type SettingKey, settingKeys } from "../operations/shop-settings.ts";
import { type AddOn, addOnKinds, asPaymentId, type PaymentId } from "../payments/payment.ts";
import { type CannedReason, cannedReasons } from "../people/approval.ts";
import type { Picture } from "../people/captcha.ts";

/** One part of a button's data: how its text looks, how a value is written and read back. */
export interface ButtonPart<Written, Read = Written> {
  /** Matches the part's text. Without groups, and without anchors. */
  readonly pattern: RegExp;
  readonly write: (value: Written) => string;
  readonly read: (text: string) => Read;
  /** The data may end before this part. */
  readonly isOptional?: boolean;
}

type ButtonParts = Readonly<Record<string, ButtonPart<never, unknown>>>;

type Written<Part> = Part extends ButtonPart<infer Value, unknown> ? Value : never;
type Read<Part> = Part extends ButtonPart<never, infer Value> ? Value : never;
type OptionalName<Parts> = {
  [Name in keyof Parts]: undefined extends Written<Parts[Name]> ? Name : never;
}[keyof Parts];

/** What the data is made of: every part's value, where only an optional part may be left out. */
export type WrittenValues<Parts> = {
  readonly [Name in Exclude<keyof Parts, OptionalName<Parts>>]: Written<Parts[Name]>;
} & { readonly [Name in OptionalName<Parts>]?: Written<Parts[Name]> };

/** What the data is read as: undefined for an optional part that was left out. */
export type ReadValues<Parts> = { readonly [Name in keyof Parts]: Read<Parts[Name]> };

/** A kind of button. It makes the data of its buttons, and reads the data of a pressed one. */
export interface Button<Parts> {
  /** Matches the data of this kind of button alone. */
  readonly pattern: RegExp;
  /** `prefix:part:part`; Telegram takes up to 64 bytes. A pressed one may name a subscription. */
  data(values: WrittenValues<Parts>): string;
  /** Undefined where `data` belongs to another kind of button. */
  read(data: string): ReadValues<Parts> | undefined;
}

/** The subscription that a button is about, at the end of its data: see `withSubscription`. */
const named = /~\d{1,3}/u.source;

/**
 * A kind of button whose data is `prefix` and its parts, in their order. Optional parts come last.
 * @see https://core.telegram.org/bots/api#inlinekeyboardbutton
 */
export function button<Parts extends ButtonParts>(prefix: string, parts: Parts): Button<Parts> {
  const all = Object.entries(parts);
  const sources = all.map(([name, { pattern, isOptional }]) => {
    const source = `:(?<${name}>${pattern.source})`;
    return isOptional ? `(?:${source})?` : source;
  });
  const whole = new RegExp(`^${prefix}${sources.join("")}(?:${named})?$`, "u");
  return {
    pattern: whole,
    data: (values) => {
      const given = values as Readonly<Record<string, never>>;
      const texts = all.flatMap(([name, { write }]) => {
        return given[name] === undefined ? [] : [write(given[name])];
      });
      return [prefix, ...texts].join(":");
    },
    read: (data) => {
      const match = whole.exec(data);
      if (match === null) return undefined;
      const values = all.map(([name, { read }]) => {
        const text = match.groups?.[name];
        return [name, text === undefined ? undefined : read(text)];
      });
      return Object.fromEntries(values) as ReadValues<Parts>;
    },
  };
}

/** The same part, which may be left out at the end of the data. */
export const optional = <Value, Out>(
  part: ButtonPart<Value, Out>,
): ButtonPart<Value | undefined, Out | undefined> => ({
  ...part,
  write: (value) => (value === undefined ? "" : part.write(value)),
  isOptional: true,
});

/** A text that `pattern` matches. */
export const textPart = <Text extends string = string>(pattern: RegExp): ButtonPart<Text> => ({
  pattern,
  write: (text) => text,
  read: (text) => text as Text,
});

/** A whole number of up to `digits` digits, from 0. */
export const numberPart = (digits: number): ButtonPart<number> => ({
  pattern: new RegExp(`\\d{1,${digits}}`, "u"),
  write: String,
  read: Number,
});

/** A payment's id; read as undefined where 36 characters of its alphabet are not a uuid. */
export const paymentIdPart: ButtonPart<PaymentId, PaymentId | undefined> = {
  pattern: /[0-9a-f-]{36}/u,
  write: (id) => id,
  read: asPaymentId,
};

/** Eight hexadecimal digits that tell one showing of a button from the next. */
export const markPart = textPart(/[0-9a-f]{8}/u);

/** A Telegram account's number; undefined where no account can have it. */
export function telegramIdIn(digits: string): TelegramId | undefined {
  const id = Number(digits);
  return Number.isSafeInteger(id) && id > 0 ? telegramId(id) : undefined;
}

/** A Telegram account's number. */
export const telegramIdPart: ButtonPart<TelegramId, TelegramId | undefined> = {
  pattern: /\d{1,16}/u,
  write: String,
  read: telegramIdIn,
};

/** A page of a list, counted from 1. */
export const pagePart = numberPart(4);

/** A currency's code. */
export const currencyPart = textPart<Currency>(/[A-Z]{3,4}/u);

/** Does what /start does. */
export const startButton = button("start", {});
/**
 * Leaves the message that was pressed as it is, e.g. a receipt, and shows the page in a new one.
 */
const newMessagePart = optional(textPart<"new">(/new/u));

/** The home screen. */
export const homeButton = button("home", { place: newMessagePart });
/** The choice of a platform to connect. */
export const connectButton = button("connect", {});
/** The plans on offer. */
export const plansButton = button("plans", { page: optional(pagePart), place: newMessagePart });
/** The customer's balance. */
export const balanceButton = button("balance", {});
/** Tops up the balance; in a currency, or in the one that the customer thinks in. */
export const topUpButton = button("top-up", {
  currency: optional(currencyPart),
  place: newMessagePart,
});
/** What can be added to the plan. */
export const addOnButton = button("add-on", {
  kind: textPart<AddOn["kind"]>(new RegExp(addOnKinds.join("|"), "u")),
  place: newMessagePart,
});
/** The customer's devices. */
export const devicesButton = button("devices", { page: optional(pagePart) });
/** The customer's payments. */
export const paymentsButton = button("payments", { page: pagePart });
/** How the customer's subscription renews itself. */
export const renewalButton = button("renewal", {});
/** The topics of help. */
export const helpButton = button("help", {});

/** An admin's answer to one ask of an approval. */
export const decideButton = button("decide", {
  approvalId: textPart<ApprovalId>(/[\w:-]{1,40}/u),
  ask: markPart,
  decision: textPart<"approve" | "reject">(/approve|reject/u),
  /** Why it is rejected. */
  why: optional(textPart<CannedReason>(new RegExp(cannedReasons.join("|"), "u"))),
});
/** Asks why a signup is rejected; `listed`: it was pressed in the list of requests. */
export const rejectButton = button("reject", {
  approvalId: textPart<ApprovalId>(/[\w:-]{1,40}/u),
  ask: markPart,
  place: optional(textPart<"listed">(/listed/u)),
});

/** One setting of the shop. */
export const settingButton = button("setting", {
  key: textPart<SettingKey>(new RegExp(settingKeys.join("|"), "u")),
});

/** The list of approvals that wait; with a page, it is turned in its place. */
export const pendingButton = button("admin-pending", {
  page: optional(pagePart),
  place: newMessagePart,
});

/** Cancels the customer's own open order. */
export const cancelPaymentButton = button("cancel-payment", {
  id: paymentIdPart,
  /** The page of the list of payments that it is on; left out below an invoice. */
  page: optional(pagePart),
});
/** Sends the picture by which a wallet on another device pays an order. */
export const invoiceQrButton = button("invoice-qr", { id: paymentIdPart });

/** A picture of the captcha, and the question that it answers. */
export const captchaButton = button("captcha", {
  round: numberPart(3),
  choice: textPart<Picture>(/[a-z]{1,20}/u),
});

/** The customer has joined the channels that the shop requires. */
export const joinedButton = button("joined", {});

/** A device's id. */
export const deviceIdPart: ButtonPart<DeviceId> = {
  pattern: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/u,
  write: (id) => id,
  read: deviceId,
};

const deviceRequest = { id: deviceIdPart, mark: optional(markPart) };
/** Requests to the device's subscription; a button with another mark asks again. */
export const deviceRequestButtons = {
  show: button("device-show", deviceRequest),
  qr: button("device-qr", deviceRequest),
  text: button("device-text", deviceRequest),
  reissue: button("device-reissue", deviceRequest),
  revoke: button("device-revoke", deviceRequest),
  use: button("device-use", deviceRequest),
  link: button("device-link", deviceRequest),
  forget: button("device-forget", deviceRequest),
} as const;

const ofCustomer = { id: telegramIdPart };
/** In place of the page that was pressed; else in a new message. */
const herePart = optional(textPart<"here">(/here/u));
/** One customer's card. */
export const customerButton = button("customer", { id: telegramIdPart, place: herePart });
/** One payment's card. */
export const paymentButton = button("payment", { id: paymentIdPart, place: herePart });
/** The admins' menu, with the figures of a period; without one, those of today. */
export const adminMenuButton = button("admin", {
  period: optional(textPart<FigurePeriod>(new RegExp(figurePeriods.join("|"), "u"))),
  place: newMessagePart,
});

/** The key of an unmatched payment. */
export const unmatchedKeyPart = textPart(/[0-9a-f]{32}/u);
/** The open unmatched payments. */
export const unmatchedButton = button("unmatched", { page: pagePart, place: newMessagePart });
/** One unmatched payment, with what its sender wrote. */
export const unmatchedChargeButton = button("unmatched-one", { key: unmatchedKeyPart });
/** Asks an admin for an answer to this customer. */
export const answerTicketButton = button("ticket-answer", ofCustomer);
/** Closes the conversation with this customer; `page`: it was pressed on the conversation's page. */
export const closeTicketButton = button("ticket-close", {
  id: telegramIdPart,
  place: optional(textPart<"page">(/page/u)),
});
/** The conversation with this customer. */
export const ticketButton = button("ticket", ofCustomer);
/** Asks a customer for their reply to what support wrote. */
export const replyTicketButton = button("support-reply", {});
