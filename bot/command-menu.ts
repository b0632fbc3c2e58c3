import type { Role } from "../domain/people/customer.ts";
import { mayDo } from "../domain/people/permissions.ts";
import { needs, type StaffHandler } from "./permissions.ts";

/** The commands in the menu of every chat, in its order. */
export const customerCommands = [
  "start",
  "connect",
  "plans",
  "devices",
  "usage",
  "payments",
  "balance",
  "invite",
  "language",
  "help",
  "support",
  "paysupport",
  "terms",
  "privacy",
] as const;

/** The commands of admins, which are not in the menu. */
export const adminCommands = [
  "admin",
  "find",
  "extend",
  "payment",
  "refund",
  "unmatched",
  "give",
] as const;

/** A command of the shop's people. */
export type AdminCommand = (typeof adminCommands)[number];

/** One of the bot's commands. */
export type Command = (typeof customerCommands)[number] | AdminCommand;

/** The handler of each of the latter, which says what it needs. */
export const handlerOf: Readonly<Record<AdminCommand, StaffHandler>> = {
  admin: "admin",
  find: "find",
  extend: "act-extend",
  payment: "payment",
  refund: "refund",
  unmatched: "unmatched",
  give: "give-unmatched",
};

/** The commands that are of use to a role. */
export const commandsOf = (role: Role): readonly Command[] => [
  ...customerCommands,
  ...adminCommands.filter((command) => mayDo(role, needs[handlerOf[command]])),
];
