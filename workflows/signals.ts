import { defineQuery, defineSignal } from "@temporalio/workflow";
import { queries, signals } from "./contract/names.ts";
import type { SignalArguments } from "./contract/signal-arguments.ts";

const signal = <Name extends keyof SignalArguments>(name: Name) =>
  defineSignal<SignalArguments[Name]>(signals[name]);

export const opened = signal("opened");
export const profileSeen = signal("profileSeen");
export const captchaAnswered = signal("captchaAnswered");
export const approvalAnswered = signal("approvalAnswered");
export const decided = signal("decided");
export const adminArrived = signal("adminArrived");
export const deviceRequested = signal("deviceRequested");
export const booksChanged = signal("booksChanged");
export const gatewayReported = signal("gatewayReported");
export const cancelled = signal("cancelled");
export const checkNow = signal("checkNow");
export const pause = signal("pause");
export const resume = signal("resume");
export const approveRemovals = signal("approveRemovals");

export const isServed = defineQuery<true>(queries.isServed);
