import type { ApprovalSubject } from "./approval.ts";
import type { AdminAct } from "./admin-act.ts";
import type { Role } from "./customer.ts";

const all = ["admin", "support", "viewer"] as const;
const adminsAndSupport = ["admin", "support"] as const;
const adminsAndViewers = ["admin", "viewer"] as const;
const admins = ["admin"] as const;

/**
 * Which roles may see and do what: the one table of it. The bot shows by it, and the activity that
 * books an act checks it again.
 */
const permissions = {
  /** The admins' menu, customers, requests, payments and conversations. */
  seeCustomers: all,
  /** The shop's figures, unmatched payments, settings and plans. */
  seeShop: adminsAndViewers,

  /** Approving and rejecting signups, and undoing that. */
  decideSignups: adminsAndSupport,
  /** Answering, closing, and writing to one customer. */
  answerTickets: adminsAndSupport,

  /** Refunds and hosts wait for a decision. */
  decideOthers: admins,
  giveDays: admins,
  blockCustomers: admins,
  endAccess: admins,
  refund: admins,
  resolveUnmatched: admins,
  changeShop: admins,

  /** What people receive without asking. Requests and questions go to those who may answer. */
  receiveSales: adminsAndViewers,
  receiveTrouble: admins,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** Something that only some roles may see, do or receive. */
export type Permission = keyof typeof permissions;

/** All permissions. */
export const allPermissions = Object.keys(permissions) as readonly Permission[];

/** The roles that have a permission. */
export const rolesWith = (permission: Permission): readonly Role[] => permissions[permission];

/** Whether a person of this role may do it; undefined: nobody whom we know. */
export const mayDo = (role: Role | undefined, permission: Permission): boolean =>
  role !== undefined && rolesWith(permission).includes(role);

/** Whether a role is one of the shop's people. */
export const isStaff = (role: Role | undefined): boolean => mayDo(role, "seeCustomers");

/** What an act on a customer needs. */
export function permissionToAct(act: AdminAct["kind"]): Permission {
  switch (act) {
    case "extend":
      return "giveDays";
    case "block":
    case "unblock":
      return "blockCustomers";
    case "revoke":
      return "endAccess";
    case "undo":
      return "decideSignups";
  }
}

/** What the decision on a question needs. */
export const permissionToDecide = (kind: ApprovalSubject["kind"]): Permission =>
  kind === "signup" ? "decideSignups" : "decideOthers";
