import * as fc from "fast-check";
import { telegramId } from "../../domain/ids.ts";
import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import type { NoticeSubject } from "../../texts/facts.ts";
import { anyAmount, anyGateway, anyMoment, anyName } from "./drawn-words.ts";

type Drawn = { [Kind in AdminNotice["kind"]]: fc.Arbitrary<Extract<AdminNotice, { kind: Kind }>> };

const ofAmount = <Kind extends string>(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), gateway: anyGateway, amount: anyAmount });

const anyPaymentId = fc.uuid().map((id) => id as PaymentId);

/** A notice about a customer's payment. */
const ofPayment = <Kind extends string>(kind: Kind) =>
  fc.record(
    {
      kind: fc.constant(kind),
      gateway: anyGateway,
      amount: anyAmount,
      paymentId: anyPaymentId,
    },
    { requiredKeys: ["kind", "gateway", "amount"] },
  );

/** What the books say of any notice. */
export const anySubject: fc.Arbitrary<NoticeSubject> = fc.record(
  {
    owner: fc.record({
      telegramId: fc.constant(telegramId(2 ** 52 - 1)),
      firstName: anyName,
      lastName: fc.option(anyName, { nil: undefined }),
      paidUntil: fc.option(anyMoment, { nil: undefined }),
      balances: fc.array(anyAmount, { maxLength: 3 }),
    }),
    origin: fc.record({
      key: fc.constant("0a".repeat(16)),
      sender: fc.option(anyName, { nil: undefined }),
      comment: fc.option(anyName, { nil: undefined }),
    }),
  },
  { requiredKeys: [] },
);

/** Every kind of notice to admins, with arbitrary content. */
export const drawnAdminNotices: Drawn = {
  unmatchedMoney: fc.record({
    kind: fc.constant("unmatchedMoney"),
    gateway: anyGateway,
    amount: anyAmount,
    reference: anyName,
  }),
  chargedBack: ofPayment("chargedBack"),
  returnedOutside: ofPayment("returnedOutside"),
  creditedBlocked: ofPayment("creditedBlocked"),
  refundReturned: ofPayment("refundReturned"),
  refundWaits: ofPayment("refundWaits"),
  unmatchedReturned: ofAmount("unmatchedReturned"),
  debt: ofPayment("debt"),
  foundAndFixed: fc.record({
    kind: fc.constant("foundAndFixed"),
    gateway: anyGateway,
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  refundNotAgreed: fc.record({
    kind: fc.constant("refundNotAgreed"),
    gateway: anyGateway,
    amount: anyAmount,
    paymentId: anyPaymentId,
    how: fc.constantFrom("rejected", "lapsed"),
  }),
  refundRefused: fc.record({
    kind: fc.constant("refundRefused"),
    gateway: anyGateway,
    amount: anyAmount,
    paymentId: anyPaymentId,
    why: anyName,
  }),
  answerNotDelivered: fc.record({
    kind: fc.constant("answerNotDelivered"),
    customer: fc.integer({ min: 1, max: 2 ** 40 }).map(telegramId),
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
  hostEmptied: fc.record({ kind: fc.constant("hostEmptied"), host: anyName, moved: fc.nat() }),
  timeGivenBack: fc.record({
    kind: fc.constant("timeGivenBack"),
    host: anyName,
    given: fc.nat(),
  }),
  hostLost: fc.record({ kind: fc.constant("hostLost"), host: anyName, moved: fc.nat() }),
  hostMigrationWaits: fc.record({
    kind: fc.constant("hostMigrationWaits"),
    host: anyName,
    left: fc.nat(),
  }),
  hostBack: fc.record({ kind: fc.constant("hostBack"), host: anyName }),
  hostSick: fc.record({ kind: fc.constant("hostSick"), host: anyName, trouble: anyName }),
  hostWell: fc.record({ kind: fc.constant("hostWell"), host: anyName }),
  hostBlocked: fc.record({
    kind: fc.constant("hostBlocked"),
    host: anyName,
    source: anyName,
    trouble: anyName,
  }),
  hostUnblocked: fc.record({
    kind: fc.constant("hostUnblocked"),
    host: anyName,
    source: anyName,
  }),
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
