import type { Role } from "../domain/people/customer.ts";
import { mayDo, type Permission } from "../domain/people/permissions.ts";

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

/** One of the bot's commands. */
export type Command = (typeof customerCommands)[number] | (typeof adminCommands)[number];

/** What each of the latter needs. */
const permissions: Readonly<Record<(typeof adminCommands)[number], Permission>> = {
  admin: "seeCustomers",
  find: "seeCustomers",
  extend: "giveDays",
  payment: "seeCustomers",
  refund: "refund",
  unmatched: "seeShop",
  give: "resolveUnmatched",
};

/** The commands that are of use to a role. */
export const commandsOf = (role: Role): readonly Command[] => [
  ...customerCommands,
  ...adminCommands.filter((command) => mayDo(role, permissions[command])),
];
