import { defineQuery, defineSignal } from "@temporalio/workflow";
import { queries, signals } from "./contract/names.ts";
import type { SignalArguments } from "./contract/signal-arguments.ts";

const signal = <Name extends keyof SignalArguments>(name: Name) =>
  defineSignal<SignalArguments[Name]>(signals[name]);

/** To a signup: the person pressed Start. */
export const opened = signal("opened");
/** To a profile change: the names that Telegram reports now. */
export const profileSeen = signal("profileSeen");
/** To a signup: the person pressed a picture. */
export const captchaAnswered = signal("captchaAnswered");
/** To a signup: the person says that they have joined the channels. */
export const channelsJoined = signal("channelsJoined");
/** To the check of channels: a customer says that they are back in them. */
export const memberReturned = signal("memberReturned");
/** To the workflow that asked: how its approval ended. */
export const approvalAnswered = signal("approvalAnswered");
/** To an approval: an admin pressed a button. */
export const decided = signal("decided");
/** To an open approval: an admin who can be asked has started the bot. */
export const adminArrived = signal("adminArrived");
/** To a subscription: what its customer wants for a device. */
export const deviceRequested = signal("deviceRequested");
/** To a subscription: read the calendar again. */
export const booksChanged = signal("booksChanged");
/** To a payment: events of its gateway, repeats included. */
export const gatewayReported = signal("gatewayReported");
/** To a payment: its customer cancels it. */
export const cancelled = signal("cancelled");
/** To a payment: its customer asks to see it, or its picture for a wallet. */
export const invoiceRequested = signal("invoiceRequested");
/** To a ticket: a message of its customer. */
export const customerWrote = signal("customerWrote");
/** To a ticket: a message of an admin to its customer. */
export const adminAnswered = signal("adminAnswered");
/** To a ticket: an admin closes it. */
export const ticketClosed = signal("ticketClosed");
/** From operators, to whatever waits: try now. */
export const checkNow = signal("checkNow");
/** From operators, to a reconciler: stop until `resume`. */
export const pause = signal("pause");
/** From operators, to a paused reconciler: continue. */
export const resume = signal("resume");
/** From operators, to a host's reconciler: the peers that it holds back may be removed. */
export const approveRemovals = signal("approveRemovals");

/** To the messages' reconciler: answered while a worker runs. */
export const isServed = defineQuery<true>(queries.isServed);
