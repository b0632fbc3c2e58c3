import type { ActRefusal, AdminAct } from "./admin-act.ts";
import type { Challenge } from "./captcha.ts";
import type { Language } from "./customer.ts";
import type { Instant } from "./time.ts";

/** Something a workflow tells a person. What it says in their language is in `texts/`. */
export type Notice =
  | { readonly kind: "captchaAsked"; readonly challenge: Challenge }
  | { readonly kind: "captchaRight" }
  | { readonly kind: "captchaWrong"; readonly pauseSeconds: number; readonly triesLeft: number }
  | { readonly kind: "captchaFailed"; readonly pauseMinutes: number }
  | { readonly kind: "captchaLapsed" }
  | { readonly kind: "waitingForApproval" }
  | { readonly kind: "stillWaiting" }
  | { readonly kind: "approvedWithTrial"; readonly until: Instant }
  | { readonly kind: "approvedWithoutTime" }
  | { readonly kind: "rejected"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "tooEarly"; readonly mayAskAgainAt: Instant }
  | { readonly kind: "approvalLapsed" }
  | { readonly kind: "welcomeBack" }
  | { readonly kind: "adminWelcome" }
  | { readonly kind: "hostTrouble" }
  | { readonly kind: "changeDelayed" }
  | { readonly kind: "hostRefused" }
  | { readonly kind: "noHostFree" }
  | { readonly kind: "timeGiven"; readonly until: Instant }
  | { readonly kind: "reminder"; readonly daysLeft: number; readonly until: Instant }
  | { readonly kind: "graceBegan"; readonly until: Instant }
  | { readonly kind: "expired" }
  | { readonly kind: "accessBack" }
  | { readonly kind: "subscriptionRevoked" }
  | { readonly kind: "deviceLimit"; readonly limit: number }
  | { readonly kind: "deviceRenamed"; readonly name: string }
  | { readonly kind: "deviceRevoked"; readonly name: string }
  | { readonly kind: "deviceUnknown" }
  | { readonly kind: "noAccessNow" }
  | { readonly kind: "languageChanged"; readonly language: Language }
  | { readonly kind: "actDone"; readonly act: AdminAct["kind"]; readonly name: string }
  | { readonly kind: "actRefused"; readonly why: ActRefusal };
