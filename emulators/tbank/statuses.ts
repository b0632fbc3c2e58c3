/** Where a payment stands, in T-Bank's words. */
export type Status =
  | "NEW"
  | "FORM_SHOWED"
  | "AUTHORIZING"
  | "3DS_CHECKING"
  | "3DS_CHECKED"
  | "AUTHORIZED"
  | "CONFIRMING"
  | "CONFIRMED"
  | "REVERSING"
  | "PARTIAL_REVERSED"
  | "REVERSED"
  | "REFUNDING"
  | "ASYNC_REFUNDING"
  | "PARTIAL_REFUNDED"
  | "REFUNDED"
  | "REJECTED"
  | "AUTH_FAIL"
  | "CANCELED"
  | "DEADLINE_EXPIRED"
  | "ATTEMPTS_EXPIRED";

/**
 * Where each may go next. A try that fails leaves the form open, hence the ways out of REJECTED and
 * AUTH_FAIL; a charge of a saved card has no form; an SBP refund that fails leads back to where it began.
 */
const transitions: Readonly<Record<Status, readonly Status[]>> = {
  NEW: ["FORM_SHOWED", "AUTHORIZING", "CANCELED", "DEADLINE_EXPIRED"],
  FORM_SHOWED: ["AUTHORIZING", "DEADLINE_EXPIRED"],
  AUTHORIZING: ["3DS_CHECKING", "AUTHORIZED", "REJECTED", "AUTH_FAIL"],
  "3DS_CHECKING": ["3DS_CHECKED", "AUTH_FAIL", "DEADLINE_EXPIRED"],
  "3DS_CHECKED": ["AUTHORIZED"],
  AUTHORIZED: ["CONFIRMING", "REVERSING"],
  CONFIRMING: ["CONFIRMED"],
  CONFIRMED: ["REFUNDING", "ASYNC_REFUNDING"],
  REVERSING: ["PARTIAL_REVERSED", "REVERSED"],
  PARTIAL_REVERSED: ["CONFIRMING", "REVERSING"],
  REVERSED: [],
  REFUNDING: ["PARTIAL_REFUNDED", "REFUNDED"],
  ASYNC_REFUNDING: ["PARTIAL_REFUNDED", "REFUNDED", "CONFIRMED"],
  PARTIAL_REFUNDED: ["REFUNDING", "ASYNC_REFUNDING"],
  REFUNDED: [],
  REJECTED: ["AUTHORIZING", "DEADLINE_EXPIRED", "ATTEMPTS_EXPIRED"],
  AUTH_FAIL: ["AUTHORIZING", "DEADLINE_EXPIRED"],
  CANCELED: [],
  DEADLINE_EXPIRED: [],
  ATTEMPTS_EXPIRED: [],
};

/** Whether a payment can go from one status directly to another. */
export const canBecome = (from: Status, to: Status): boolean => transitions[from].includes(to);

const open = new Set<Status>(["NEW", "FORM_SHOWED", "REJECTED", "AUTH_FAIL"]);
const unpaid = new Set<Status>([
  ...open,
  "AUTHORIZING",
  "3DS_CHECKING",
  "3DS_CHECKED",
  "CANCELED",
  "DEADLINE_EXPIRED",
  "ATTEMPTS_EXPIRED",
]);
const unannounced = new Set<Status>([
  "NEW",
  "FORM_SHOWED",
  "AUTHORIZING",
  "3DS_CHECKING",
  "3DS_CHECKED",
  "CONFIRMING",
  "REVERSING",
  "REFUNDING",
  "ASYNC_REFUNDING",
  "ATTEMPTS_EXPIRED",
]);

/** Whether the form accepts an attempt to pay. */
export const isOpen = (status: Status): boolean => open.has(status);

/** Whether nothing has been held or taken yet. */
export const isUnpaid = (status: Status): boolean => unpaid.has(status);

/** Whether money is held that the shop has yet to take. */
export const isHeld = (status: Status): boolean =>
  status === "AUTHORIZED" || status === "PARTIAL_REVERSED";

/** Whether the shop has money of it that it can give back. */
export const isTaken = (status: Status): boolean =>
  status === "CONFIRMED" || status === "PARTIAL_REFUNDED";

/** Whether the shop is notified of it; DEADLINE_EXPIRED only when it asked for that. */
export const isAnnounced = (status: Status): boolean => !unannounced.has(status);
