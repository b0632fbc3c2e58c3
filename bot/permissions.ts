import type { Permission } from "../domain/people/permissions.ts";
import { mayDo } from "../domain/people/permissions.ts";
import type { BotContext } from "./context.ts";

/**
 * What each page, button and command of the shop's people needs, by its handler's name. A handler
 * that is not here does not compile.
 */
export const needs = {
  admin: "seeCustomers",
  "admin-numbers": "seeCustomers",
  "my-access": "seeCustomers",
  "admin-find": "seeCustomers",
  find: "seeCustomers",
  customer: "seeCustomers",
  history: "seeCustomers",
  payment: "seeCustomers",
  "payments-of": "seeCustomers",
  "payment-history": "seeCustomers",
  "payment-json": "seeCustomers",
  "admin-pending": "seeCustomers",
  decisions: "seeCustomers",
  tickets: "seeCustomers",
  ticket: "seeCustomers",

  settings: "seeShop",
  setting: "seeShop",
  "plans-edit": "seeShop",
  "plan-edit": "seeShop",
  "plan-add-ons": "seeShop",
  "plan-part": "seeShop",
  "plan-field": "seeShop",
  unmatched: "seeShop",
  hosts: "seeShop",
  "host-maintenance": "seeShop",
  "host-migration": "seeShop",
  host: "seeShop",
  "host-where": "seeShop",
  locations: "seeShop",
  location: "seeShop",
  "location-field": "seeShop",

  // The question itself says what its decision needs: the handler and the activity check that.
  decide: "decideSignups",
  listed: "decideSignups",
  reject: "decideSignups",
  "reject-ask": "decideSignups",
  "approve-all": "decideSignups",
  "approve-yes": "decideSignups",
  "sure-undo": "decideSignups",
  "act-undo": "decideSignups",
  "ticket-answer": "answerTickets",
  "ticket-close": "answerTickets",

  "act-extend": "giveDays",
  "sure-extend": "giveDays",
  "act-ask-days": "giveDays",
  "sure-block": "blockCustomers",
  "sure-unblock": "blockCustomers",
  "act-block": "blockCustomers",
  "act-unblock": "blockCustomers",
  "sure-end": "endAccess",
  "act-revoke": "endAccess",
  "sure-refund": "refund",
  refund: "refund",
  "refund-part": "refund",
  "refund-some": "refund",
  "refund-sent": "refund",
  "refund-book": "refund",
  "give-ask": "resolveUnmatched",
  "give-sure": "resolveUnmatched",
  "give-unmatched": "resolveUnmatched",
  "ignore-unmatched": "resolveUnmatched",
  "return-unmatched": "resolveUnmatched",
  "setting-set": "changeShop",
  "setting-reset": "changeShop",
  "setting-ask": "changeShop",
  "gateways-move": "changeShop",
  "plan-set": "changeShop",
  "plan-ask": "changeShop",
  "plan-new": "changeShop",
  "host-test": "changeShop",
  "host-drain": "changeShop",
  "host-resume": "changeShop",
  "host-migrate-sure": "changeShop",
  "host-migrate": "changeShop",
  "host-migrate-stop": "changeShop",
  "host-maintenance-begin": "changeShop",
  "host-maintenance-end": "changeShop",
  "host-give-back": "changeShop",
  "host-lose-sure": "changeShop",
  "host-lose": "changeShop",
  "host-sure": "changeShop",
  "host-remove": "changeShop",
  "host-at": "changeShop",
  "location-set": "changeShop",
  "location-ask": "changeShop",
  "location-new": "changeShop",
  "location-sure": "changeShop",
  "location-remove": "changeShop",
} as const satisfies Readonly<Record<string, Permission>>;

/** A handler that only some roles may use. */
export type StaffHandler = keyof typeof needs;

/** Whether the sender may do this; a page shows only what its reader may do. */
export const may = ({ customer }: Pick<BotContext, "customer">, permission: Permission): boolean =>
  mayDo(customer?.role, permission);
