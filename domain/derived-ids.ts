import { v5 } from "uuid";
import {
  type CustomerId,
  type DeviceId,
  deviceId,
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
} from "./ids.ts";
import type { Extra, GatewayName, PaymentId, Purchase } from "./payments/payment.ts";
import type { Instant } from "./time.ts";

/*
 * Ids that are derived (uuid v5) from what they identify, so that every part of the product
 * computes the same one and a repeat is recognised by its id. Changing a name or a namespace here
 * makes every repeat a new thing.
 */

const unmatchedNamespace = "a4d6f0a6-0d4b-5c5e-9a52-6d2f0c3d8e11";
const duplicateNamespace = "d8b2f6c4-1c0e-5f39-8a47-3e9d5b7c2a60";
const renewalNamespace = "0e6c5f0e-53b5-5d0a-9d6c-8a1f5a7b2c44";
const recurringNamespace = "b71f7a3c-6f0c-5f6e-8d0b-54c1f0e9a6d2";
const purchaseNamespace = "5c5b1c52-8a52-5f0b-9b1d-6f6f1f0a7c11";

/** The workflow id of an unmatched payment: webhook, chat and statement report to the same one. */
export const unmatchedPaymentId = (gateway: GatewayName, reference: string): PaymentId =>
  v5(`${gateway}/${reference}`, unmatchedNamespace) as PaymentId;

/** A customer's first subscription. */
export const subscriptionIdOf = (customer: CustomerId): SubscriptionId =>
  subscriptionId(v5("subscription", customer));

/** The further subscription that a payment buys. */
export const boughtSubscriptionIdOf = (payment: PaymentId): SubscriptionId =>
  subscriptionId(v5("subscription", payment));

/** The further subscription that somebody who is taken over from a host gets. */
export const adoptedSubscriptionIdOf = (customer: CustomerId, cause: string): SubscriptionId =>
  subscriptionId(v5(`subscription/${cause}`, customer));

/**
 * The payment that a button starts; `pressed` names the button's message. A double tap is one
 * payment; extending one subscription, extending another and buying a new one are three.
 */
export function paymentIdOf(from: TelegramId, pressed: string, purchase: Purchase): PaymentId {
  const { gateway, currency, recurs, subscription } = purchase;
  const chosenItem =
    purchase.extra === undefined
      ? [purchase.plan, purchase.planVersion]
      : [purchase.extra.kind, purchase.minor, ...sizeIn(purchase.extra)];
  const once = [from, pressed, ...chosenItem, gateway, currency];
  const chosen = [...once, ...(recurs ? [recurs] : []), ...(subscription ? [subscription] : [])];
  return v5(chosen.join("/"), purchaseNamespace) as PaymentId;
}

const sizeIn = (extra: Extra): readonly (number | string)[] => {
  switch (extra.kind) {
    case "topUp":
      return [];
    case "traffic":
      return [extra.bytes];
    case "device":
      return [extra.until];
  }
};

/** A period of a subscription, by its end, and which try to renew it. */
export interface RenewalTry {
  readonly paidUntil: Instant;
  /** From 1. */
  readonly try: number;
}

/** The payment of one try to renew a subscription: a try is made once per period. */
export const renewalPaymentId = (
  of: SubscriptionId,
  { paidUntil, try: number }: RenewalTry,
): PaymentId => v5(`${of}/${paidUntil}/${number}`, renewalNamespace) as PaymentId;

/**
 * The payment of a charge that the gateway has made by itself, under the order with which the
 * customer agreed to it.
 */
export const recurringPaymentId = (order: PaymentId, reference: string): PaymentId =>
  v5(`${order}/${reference}`, recurringNamespace) as PaymentId;

/** The device that a request adds to a subscription. */
export const addedDeviceId = (requestId: string, to: SubscriptionId): DeviceId =>
  deviceId(v5(requestId, to));

/** The refund request of a button or a command; a repeat has the same id. */
export const refundRequestId = (requestId: string, of: PaymentId): string => v5(requestId, of);

/** The refund of a charge that came twice. */
export const duplicateRefundId = (gateway: GatewayName, reference: string): string =>
  v5(`${gateway}/${reference}`, duplicateNamespace);

const panelPrefix = "toll_";
const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The name of an access's user on a panel: `tollgate_` would leave too little of the 32 characters
 * that all panels take. They take lower-case letters, digits and single underscores behind three
 * letters, so the id's 16 bytes are written in base32.
 */
export function panelUserName(accessId: string): string {
  let left = BigInt(`0x${accessId.replaceAll("-", "")}`);
  let name = "";
  for (let place = 0; place < 26; place += 1) {
    name = (base32[Number(left & 31n)] ?? "") + name;
    left >>= 5n;
  }
  return `${panelPrefix}${name}`;
}

/** The access that such a name is of; undefined: it is another name. */
export function accessIdOfPanelUser(name: string): string | undefined {
  if (!/^toll_[a-z2-7]{26}$/u.test(name)) return undefined;
  let value = 0n;
  for (const sign of name.slice(panelPrefix.length)) {
    value = (value << 5n) | BigInt(base32.indexOf(sign));
  }
  // 26 characters are 130 bits, and an id has 128.
  if (value >> 128n !== 0n) return undefined;
  const hex = value.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
}

/** A subscription's first device has its id. */
export const firstDeviceId = (of: SubscriptionId): DeviceId => deviceId(of);
