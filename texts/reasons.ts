import type { RejectReason } from "../domain/people/approval.ts";
import type { Texts } from "./index.ts";

/** Why a request was rejected: our reason in the reader's language, or an admin's own words. */
export const reasonText = ({ people: { approval } }: Texts, reason: RejectReason): string =>
  "canned" in reason ? approval.reasons[reason.canned] : approval.ownReason(reason.words);
