import type { summaries } from "../../workflows/steps.ts";

type Step = keyof typeof summaries;

/** Whose stories take a step. A step that is new does not compile before somebody has said so. */
const areas = {
  arrive: "people",
  say: "people",
  openSubscription: "people",
  reject: "people",
  changeLanguage: "people",
  followProfile: "people",
  recordAct: "people",
  hostsBehind: "people",
  confirmAct: "people",
  openApproval: "people",
  remindAdmins: "people",
  recordDecision: "people",
  findDecision: "people",
  recordLapse: "people",
  followCalendar: "people",
  handleDeviceRequest: "people",
  auditBooks: "people",
  openOrder: "money",
  findOrder: "money",
  issueInvoice: "money",
  tellInvoiceDelayed: "money",
  confirmEvents: "money",
  lookUp: "money",
  decideEvents: "money",
  closePayment: "money",
  keepUnmatched: "money",
  resolveUnmatched: "money",
  refundUnmatched: "money",
  closeUnmatched: "money",
  openRefund: "money",
  approveRefund: "money",
  refundAtGateway: "money",
  tellRefundWaits: "money",
  completeRefund: "money",
  failRefund: "money",
} as const satisfies Readonly<Record<Step, "people" | "money">>;

export type StepOf<Area> = {
  [Name in Step]: (typeof areas)[Name] extends Area ? Name : never;
}[Step];

/** Every step that the stories of an area take. */
export function stepsOf<Area extends "people" | "money">(area: Area): readonly StepOf<Area>[] {
  const names = Object.keys(areas) as Step[];
  return names.filter((name): name is StepOf<Area> => areas[name] === area);
}
