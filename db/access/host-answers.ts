import { removalsAgreed } from "../../domain/access/host.ts";
import type { ApprovalSubject } from "../../domain/people/approval.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { allowRemovals } from "./hosts.ts";
import { decideUnknownPeers } from "./unknown-peers.ts";

/**
 * Books what an admin's answer about a host permits, in the transaction that books the answer. The
 * host's next comparison acts on it, whatever became of the workflow that asked.
 */
export async function bookHostAnswer(
  db: Queries,
  subject: ApprovalSubject,
  { isYes, at }: { readonly isYes: boolean; readonly at: Instant },
): Promise<void> {
  if (subject.kind === "unknownPeers") {
    const { hostId, batch } = subject;
    await decideUnknownPeers(db, { hostId, batch, mayGo: isYes, at });
  }
  if (subject.kind === "removals" && isYes) {
    await allowRemovals(db, subject.hostId, removalsAgreed(subject.count));
  }
}
