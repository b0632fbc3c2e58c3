import type { ApprovalActivities } from "../../activities/people/approval.ts";
import type { PeopleActivities } from "../../activities/people/people.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

type Activities = PeopleActivities & ApprovalActivities;

/**
 * What operators read beside each step in the Temporal UI. A step without a
 * summary does not compile.
 */
export const summaries: Summaries<Activities> = {
  arrive: "registers the person and picks the next step",
  say: "writes a message to the person",
  openSubscription: "makes the person a customer with a subscription",
  reject: "books the rejection",
  changeLanguage: "books the language",
  followProfile: "books the names that Telegram reports now",
  recordAct: "books the act with all that follows, and its audit row",
  hostsBehind: "looks up which hosts do not follow yet",
  confirmAct: "tells the admin how it stands",
  openApproval: "books the question and asks every admin",
  remindAdmins: "reminds the admins",
  recordDecision: "books the decision and its audit row",
  findDecision: "looks up how it was decided",
  recordLapse: "books that nobody decided in time",
};

export const { localDb } = proxySteps<Activities>(summaries);
