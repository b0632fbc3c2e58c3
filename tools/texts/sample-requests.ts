import {
  type AdminQueries,
  type OpenRequest,
  timelineKinds,
} from "../../db/queries/people/admin.ts";
import type { DecidedRequest } from "../../db/queries/people/decided-requests.ts";
import type { ApprovalId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { addMs, dayMs, hourMs, instant, minuteMs } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";
import { fullName, names, sampleCustomerId, sampleId } from "./sample-people.ts";
import type { SampleShop } from "./sample-shop.ts";

/** Requests that wait, the last decisions, and what happened to the sample customer. */
export function requestsOf({ language, now, isBusy }: SampleShop): {
  readonly [Name in keyof AdminQueries]: AdminQueries[Name];
} {
  const person = { telegramId: sampleId, name: fullName(language, "customer") };
  const about = { customerId: sampleCustomerId, telegramId: sampleId };
  const signup: OpenRequest = {
    approvalId: `signup:${sampleId}` as ApprovalId,
    ask: "0123abcd",
    subject: { kind: "signup", ...about },
    person,
    askedAt: addMs(now, -2 * hourMs),
  };
  const reason = textsIn(language).payments.refund.defaultReason;
  const refund: OpenRequest = {
    ...signup,
    approvalId: "refund:0123abcd" as ApprovalId,
    subject: {
      kind: "refund",
      ...about,
      amount: money(29_900, "RUB"),
      gateway: gatewayName("tbank"),
      reason,
    },
  };
  const by = fullName(language, "admin");
  const approved: DecidedRequest = {
    ask: "0123abcd",
    state: "approved",
    person,
    // The bot's own clock says what can still be undone.
    at: addMs(instant(new Date()), -5 * minuteMs),
    by,
    reason: undefined,
    undoneBy: undefined,
    isAsDecided: true,
  };
  const decided: readonly DecidedRequest[] = [
    approved,
    { ...approved, ask: "0123abce", state: "rejected", reason: { canned: "full" } },
    { ...approved, ask: "0123abcf", at: addMs(now, -2 * dayMs), undoneBy: by },
  ];
  return {
    listOpenRequests: async () => (isBusy ? [signup, { ...signup, ask: "0123abce" }, refund] : []),
    findOpenSignup: async () => undefined,
    listDecided: async () => (isBusy ? [...decided] : []),
    findEndOfAccess: async () => undefined,
    findDecided: async (_, ask) => decided.find((one) => one.ask === ask),
    readTimeline: async () =>
      timelineKinds.toReversed().map((kind, place) => ({
        at: addMs(now, -(place + 1) * dayMs),
        kind,
        detail: kind.startsWith("device") ? names[language].phone : "",
        by: kind === "block" ? fullName(language, "admin") : "",
      })),
  };
}
