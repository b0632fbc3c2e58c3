// Every button of the bot alone, but for the shop's settings and plans (`shop-buttons.ts`); those of
// workflows' messages: `domain/messaging/buttons.ts`.
import type { anyPlace, LocationCode } from "../domain/access/location.ts";
import { type Platform, platforms, type Symptom, symptoms } from "../domain/access/platforms.ts";
import {
  button,
  currencyPart,
  deviceIdPart,
  markPart,
  numberPart,
  optional,
  pagePart,
  paymentIdPart,
  telegramIdPart,
  textPart,
  unmatchedKeyPart,
} from "../domain/messaging/buttons.ts";
import type { ApprovalId } from "../domain/ids.ts";
import type { GatewayName } from "../domain/payments/payment.ts";
import type { PlanCode } from "../domain/payments/plan.ts";
import { type RenewalKind, renewalKinds } from "../domain/payments/renewal.ts";
import { type CannedReason, cannedReasons, type Decision } from "../domain/people/approval.ts";
import { type Language, languages } from "../domain/people/customer.ts";

const platformPart = textPart<Platform>(new RegExp(platforms.join("|"), "u"));

/** A plan's code. */
export const planCodePart = textPart<PlanCode>(/[a-z0-9-]{1,16}/u);
const renewalKindPart = textPart<RenewalKind>(new RegExp(renewalKinds.join("|"), "u"));
/** A gateway's name. */
export const gatewayPart = textPart<GatewayName>(/[a-z0-9-]{1,16}/u);
/** The beginning of what was searched for. */
const searchedPart = textPart(/.{1,64}/u);

const ofDevice = { id: deviceIdPart };
const ofPayment = { id: paymentIdPart };
const ofCustomer = { id: telegramIdPart };

/** One plan, with its payment methods. */
export const planButton = button("plan", {
  code: planCodePart,
  /** They know that the change of plan costs days or devices. */
  sure: optional(textPart<"sure">(/sure/u)),
});
/** Orders a plan at the version and price that were shown. */
export const buyButton = button("buy", {
  plan: planCodePart,
  version: numberPart(9),
  gateway: gatewayPart,
  currency: currencyPart,
  /** Another showing of the same plan is another order. */
  mark: optional(markPart),
});

const ofAmount = { currency: currencyPart, minor: numberPart(16) };

/** The ways to pay a top-up of this amount, in minor units. */
export const topUpAmountButton = button("top-up-by", ofAmount);
/** Asks for another amount. */
export const askTopUpButton = button("top-up-ask", { currency: currencyPart });
/** Orders a top-up; another showing of the page is another order. */
export const payTopUpButton = button("top-up-pay", {
  gateway: gatewayPart,
  ...ofAmount,
  mark: markPart,
});

/** Orders an add-on as it was shown: its gigabytes, or the minute at which the device ends. */
export const payAddOnButton = button("add-pay", {
  kind: textPart<"d" | "t">(/[dt]/u),
  gateway: gatewayPart,
  currency: currencyPart,
  version: numberPart(9),
  size: numberPart(9),
  mark: markPart,
});

/** Shows what it means to renew the plan in this way. */
export const chooseRenewalButton = button("renew-by", {
  by: renewalKindPart,
  currency: currencyPart,
});
/** Agrees to renew this version of the plan. */
export const agreeButton = button("renew-agree", {
  by: renewalKindPart,
  plan: planCodePart,
  version: numberPart(9),
  currency: currencyPart,
  mark: markPart,
});
/** Shows what it means to buy a plan so that it renews itself. */
export const chooseBeginButton = button("begin-by", {
  plan: planCodePart,
  gateway: gatewayPart,
  currency: currencyPart,
});
/** Orders a plan that renews itself. */
export const beginButton = button("begin", {
  plan: planCodePart,
  version: numberPart(9),
  gateway: gatewayPart,
  currency: currencyPart,
  mark: markPart,
});
/** Switches auto-renewal off, removes the saved card, or lets a Stars subscription go on. */
export const changeRenewalButton = button("renewal-end", {
  act: textPart<"stop" | "forget" | "resume">(/stop|forget|resume/u),
  mark: markPart,
});

/** How one platform is connected. */
export const platformButton = button("platform", { platform: platformPart });
/** Sends a key for this platform: adds the first device, or asks which of several. */
export const connectKeyButton = button("connect-key", { platform: platformPart });
/** The person's device works. */
export const worksButton = button("works", {});
/** What to do when it does not work; with a symptom, the advice. */
export const troubleButton = button("trouble", {
  symptom: optional(textPart<Symptom>(new RegExp(symptoms.join("|"), "u"))),
});
/** Whom to write to. */
export const supportButton = button("support", {});
/** Whom to write to about a payment. */
export const paySupportButton = button("paysupport", {});
/** The terms of use. */
export const termsButton = button("terms", {});
/** What the shop keeps about people. */
export const privacyButton = button("privacy", {});
/** The link by which a customer invites others. */
export const inviteButton = button("invite", {});
/** The choice of language. */
export const languagesButton = button("languages", {});
/** The subscriptions of a customer who has several. */
export const allSubscriptionsButton = button("subscriptions", {});
/** The access that one of the shop's people has as a customer; gives it at the first press. */
export const myAccessButton = button("my-access", {});

/** Shows the invoice of an open order again. */
export const showPaymentButton = button("show-payment", ofPayment);

/** The traffic of the customer's devices. */
export const usageButton = button("usage", { page: pagePart });
/** A picture of the traffic of the last 30 days. */
export const usageChartButton = button("usage-chart", {});
/** Adds one device, however often it is pressed; the next device needs a new mark. */
export const addDeviceButton = button("device-add", {
  mark: optional(markPart),
  platform: optional(platformPart),
});
const placePart = textPart<LocationCode | typeof anyPlace>(/_|[a-z0-9-]{1,16}/u);
/** Adds one device in a location, however often it is pressed. */
export const addAtButton = button("device-add-at", {
  place: placePart,
  mark: markPart,
  platform: optional(platformPart),
});
/** Where a device is, to be changed. */
export const whereDeviceButton = button("device-where", ofDevice);
/** Picks a location for a device. Its data has no room for a longer name, or for a mark. */
export const pickButton = button("dl", { ...ofDevice, place: placePart });
/** One device. */
export const openDeviceButton = button("device-open", ofDevice);
/** Asks for a device's new name. */
export const renameDeviceButton = button("device-rename", ofDevice);
/** Asks whether the device's key should be replaced. */
export const sureReissueButton = button("device-sure-reissue", ofDevice);
/** Asks whether the device should be removed. */
export const sureRevokeButton = button("device-sure-revoke", ofDevice);

/** Changes the language; a button with another mark changes it again. */
export const languageButton = button("language", {
  language: textPart<Language>(new RegExp(languages.join("|"), "u")),
  mark: optional(markPart),
});

/** A decision that is made in the list of requests, which is shown again without it. */
export const listedButton = button("listed", {
  approvalId: textPart<ApprovalId>(/[\w:-]{1,40}/u),
  ask: markPart,
  decision: textPart<Decision>(/approve|reject/u),
  why: optional(textPart<CannedReason>(new RegExp(cannedReasons.join("|"), "u"))),
});
/** Asks for the reason of a rejection as a message. */
export const askRejectionButton = button("reject-ask", {
  approvalId: textPart<ApprovalId>(/[\w:-]{1,40}/u),
  ask: markPart,
});
/** Asks whether all signups that were listed should be approved. */
export const sureAllButton = button("approve-all", {});
/** Approves the signups that were listed under this mark. */
export const approveAllButton = button("approve-yes", { mark: markPart });
/** The last decisions on signups. */
export const decisionsButton = button("decisions", { page: optional(pagePart) });
/** Asks whether the decision on a signup should be undone. */
export const sureUndoButton = button("sure-undo", { id: telegramIdPart, ask: markPart });
/** Undoes it. */
export const undoButton = button("act:undo", { id: telegramIdPart, ask: markPart });

/** How to find a customer. */
export const findHelpButton = button("admin-find", {});
/** The figures of today: they are on the admins' menu now. */
export const todayButton = button("admin-numbers", {});
/** The customers that a search found. */
export const foundCustomersButton = button("find", { page: pagePart, searched: searchedPart });
/** Asks whether the customer should be blocked. */
export const sureBlockButton = button("sure-block", ofCustomer);
/** What an admin does to a customer at once. */
export const actButtons = {
  block: button("act:block", ofCustomer),
  unblock: button("act:unblock", ofCustomer),
  revoke: button("act:revoke", ofCustomer),
} as const;
/** Asks whether a customer's access should be ended for good. */
export const sureEndButton = button("sure-end", ofCustomer);
/** Asks how many days to give a customer. */
export const askDaysButton = button("ask-days", ofCustomer);
/** Asks whether a customer should get some days. */
export const sureExtendButton = button("sure-extend", {
  id: telegramIdPart,
  days: numberPart(4),
});
/** Asks whether a customer should be unblocked. */
export const sureUnblockButton = button("sure-unblock", ofCustomer);
/** Gives a customer some days. */
export const extendButton = button("act:extend", { id: telegramIdPart, days: numberPart(4) });

/** The payments that a search found. */
export const foundPaymentsButton = button("payments-found", {
  page: pagePart,
  searched: searchedPart,
});
/** One customer's payments; with a page, the list is turned in its place. */
export const paymentsOfButton = button("payments-of", {
  id: telegramIdPart,
  page: optional(pagePart),
});
/** What happened to a customer. */
export const historyButton = button("history", { id: telegramIdPart, page: optional(pagePart) });
/** What happened to a payment. */
export const paymentHistoryButton = button("payment-history", {
  id: paymentIdPart,
  page: optional(pagePart),
});
/** Everything about a payment, as a JSON file. */
export const paymentJsonButton = button("payment-json", ofPayment);
/** Asks whether all that is left of a payment should be refunded. */
export const sureRefundButton = button("sure-refund", ofPayment);
/**
 * Refunds all that is left. Named by its question:
 * a double tap is one refund, and a later question makes another.
 */
export const refundWholeButton = button("refund-whole", { id: paymentIdPart, question: markPart });

/** Asks how much of a payment is returned. */
export const askPartButton = button("refund-part", { id: paymentIdPart, question: markPart });

/** Returns a part of a payment: so many minor units of its currency. */
export const refundPartButton = button("refund-some", {
  id: paymentIdPart,
  question: markPart,
  minor: numberPart(16),
});

/** Asks for the transaction in which an admin has sent a payment's refund by hand. */
export const refundSentButton = button("refund-sent", { id: paymentIdPart, question: markPart });

/** Books a refund that was sent by hand, in the transaction that the admin has just sent. */
export const bookTransactionButton = button("refund-book", {
  id: paymentIdPart,
  question: markPart,
});

/** Asks why an unmatched payment is ignored. */
export const ignoreButton = button("ignore", { key: unmatchedKeyPart });
/** Asks whom an unmatched payment belongs to. */
export const giveButton = button("give", { key: unmatchedKeyPart });
/** Asks whether an unmatched payment should be this customer's. */
export const sureGiveButton = button("give-sure", { key: unmatchedKeyPart, id: telegramIdPart });
/** Gives an unmatched payment to a customer's balance. */
export const yesGiveButton = button("give-yes", { key: unmatchedKeyPart, id: telegramIdPart });
/** Asks whether an unmatched payment should be returned. */
export const returnButton = button("return", { key: unmatchedKeyPart });
/** Returns an unmatched payment to its sender. */
export const yesReturnButton = button("return-yes", { key: unmatchedKeyPart });

/** The conversations with customers that are not closed. */
export const ticketsButton = button("tickets", { page: pagePart });
