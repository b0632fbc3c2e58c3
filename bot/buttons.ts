import { type DeviceId, deviceId, telegramId, type TelegramId } from "../domain/ids.ts";
import {
  button,
  type ButtonPart,
  markPart,
  numberPart,
  optional,
  pagePart,
  paymentIdPart,
  textPart,
} from "../domain/messaging/buttons.ts";
import type { GatewayName } from "../domain/payments/payment.ts";
import type { PlanCode } from "../domain/payments/plan.ts";
import { type Language, languages } from "../domain/people/customer.ts";

/**
 * Every button that the bot shows, by what it does. The four that messages sent by workflows show
 * too are in `domain/messaging/buttons.ts`.
 */

/** A Telegram account's number; undefined where no account can have it. */
export function telegramIdIn(digits: string): TelegramId | undefined {
  const id = Number(digits);
  return Number.isSafeInteger(id) && id > 0 ? telegramId(id) : undefined;
}

const telegramIdPart: ButtonPart<TelegramId, TelegramId | undefined> = {
  pattern: /\d{1,16}/u,
  write: String,
  read: telegramIdIn,
};

const deviceIdPart: ButtonPart<DeviceId> = {
  pattern: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/u,
  write: (id) => id,
  read: deviceId,
};

const planCodePart = textPart<PlanCode>(/[a-z0-9-]{1,16}/u);

/** The beginning of what was searched for. */
const searchedPart = textPart(/.{1,64}/u);

/** The key of an unmatched payment. */
const unmatchedKeyPart = textPart(/[0-9a-f]{32}/u);

const ofDevice = { id: deviceIdPart };
const ofPayment = { id: paymentIdPart };
const ofCustomer = { id: telegramIdPart };

export const plansButton = button("plans", { page: optional(pagePart) });
export const planButton = button("plan", { code: planCodePart });
export const buyButton = button("buy", {
  plan: planCodePart,
  version: numberPart(9),
  gateway: textPart<GatewayName>(/[a-z0-9-]{1,16}/u),
  currency: textPart<string>(/[A-Z]{3,4}/u),
});

export const paymentsButton = button("payments", { page: pagePart });
export const showPaymentButton = button("show-payment", ofPayment);

export const usageButton = button("usage", { page: pagePart });
export const devicesButton = button("devices", { page: optional(pagePart) });
/** Adds one device, however often it is pressed; the next device needs a new mark. */
export const addDeviceButton = button("device-add", { mark: optional(markPart) });
export const openDeviceButton = button("device-open", ofDevice);
export const renameDeviceButton = button("device-rename", ofDevice);
export const sureReissueButton = button("device-sure-reissue", ofDevice);
export const sureRevokeButton = button("device-sure-revoke", ofDevice);
const deviceRequest = { id: deviceIdPart, mark: optional(markPart) };
/** What is asked of the device's subscription; a button with another mark asks again. */
export const deviceRequestButtons = {
  show: button("device-show", deviceRequest),
  reissue: button("device-reissue", deviceRequest),
  revoke: button("device-revoke", deviceRequest),
} as const;

export const languageButton = button("language", {
  language: textPart<Language>(new RegExp(languages.join("|"), "u")),
  mark: optional(markPart),
});

export const findHelpButton = button("admin-find", {});
export const todayButton = button("admin-numbers", {});
export const foundCustomersButton = button("find", { page: pagePart, searched: searchedPart });
export const customerButton = button("customer", ofCustomer);
export const sureBlockButton = button("sure-block", ofCustomer);
/** What an admin does to a customer at once. */
export const actButtons = {
  block: button("act:block", ofCustomer),
  unblock: button("act:unblock", ofCustomer),
  revoke: button("act:revoke", ofCustomer),
} as const;
export const extendButton = button("act:extend", { id: telegramIdPart, days: numberPart(4) });

export const foundPaymentsButton = button("payments-found", {
  page: pagePart,
  searched: searchedPart,
});
export const paymentButton = button("payment", ofPayment);
export const paymentsOfButton = button("payments-of", {
  id: telegramIdPart,
  page: optional(pagePart),
});
export const paymentJsonButton = button("payment-json", ofPayment);
export const sureRefundButton = button("sure-refund", ofPayment);
/** Named by its question: a double tap is one refund, the next question another. */
export const refundWholeButton = button("refund-whole", { id: paymentIdPart, question: markPart });

export const unmatchedButton = button("unmatched", { page: pagePart });
export const ignoreButton = button("ignore", { key: unmatchedKeyPart });
export const returnButton = button("return", { key: unmatchedKeyPart });
export const yesReturnButton = button("return-yes", { key: unmatchedKeyPart });
