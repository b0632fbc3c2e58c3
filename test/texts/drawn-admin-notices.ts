import * as fc from "fast-check";
import type { AdminNotice } from "../../domain/messaging/notice.ts";
import { anyAmount, anyGateway, anyName } from "./drawn-words.ts";

type Drawn = { [Kind in AdminNotice["kind"]]: fc.Arbitrary<Extract<AdminNotice, { kind: Kind }>> };

const ofAmount = <Kind extends string>(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), gateway: anyGateway, amount: anyAmount });

/** Every kind of notice to admins, with arbitrary content. */
export const drawnAdminNotices: Drawn = {
  unmatchedMoney: ofAmount("unmatchedMoney"),
  chargedBack: ofAmount("chargedBack"),
  returnedOutside: ofAmount("returnedOutside"),
  creditedBlocked: ofAmount("creditedBlocked"),
  refundReturned: ofAmount("refundReturned"),
  refundWaits: ofAmount("refundWaits"),
  unmatchedReturned: ofAmount("unmatchedReturned"),
  debt: ofAmount("debt"),
  foundAndFixed: fc.record({
    kind: fc.constant("foundAndFixed"),
    gateway: anyGateway,
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  refundNotAgreed: fc.record({
    kind: fc.constant("refundNotAgreed"),
    gateway: anyGateway,
    amount: anyAmount,
    how: fc.constantFrom("rejected", "lapsed"),
  }),
  refundRefused: fc.record({
    kind: fc.constant("refundRefused"),
    gateway: anyGateway,
    amount: anyAmount,
    why: anyName,
  }),
  messageNotSent: fc.record({
    kind: fc.constant("messageNotSent"),
    content: fc.constantFrom("invoice", "key", "approval"),
    reason: anyName,
  }),
  channelUnreadable: fc.record({
    kind: fc.constant("channelUnreadable"),
    channel: fc.constantFrom("@tollgate_news", "-1001234567890"),
    reason: anyName,
  }),
  hostAway: fc.record({ kind: fc.constant("hostAway"), host: anyName, trouble: anyName }),
  hostBack: fc.record({ kind: fc.constant("hostBack"), host: anyName }),
  linesSkipped: fc.record({
    kind: fc.constant("linesSkipped"),
    gateway: anyGateway,
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  quarantined: fc.record({
    kind: fc.constant("quarantined"),
    gateway: anyGateway,
    reason: anyName,
  }),
  inconsistent: fc.record({
    kind: fc.constant("inconsistent"),
    gateway: anyGateway,
    reason: anyName,
  }),
};
