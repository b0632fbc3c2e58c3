import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Books } from "../../db/readers/books.ts";
import { Settlement } from "../../db/settlement.ts";
import { Subscriptions } from "../../db/subscriptions.ts";
import { spanAfter } from "../../domain/grant.ts";
import { money } from "../../domain/money.ts";
import { type GatewayReport, grantCause, type PaymentOrder } from "../../domain/payment.ts";
import { addDays, instant, msBetween } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { openedOrder, openShop } from "../support/orders.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");

beforeAll(() => openShop(db.writer.em));

const settle = (order: PaymentOrder, report: GatewayReport) =>
  new Settlement(db.writer.em).settleOnce(order, { key: crypto.randomUUID(), report }, now);

test("whoever tells of a charge's returns, in whatever order: as many days are taken as go with them", async () => {
  const told = fc.record({
    tenths: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
    again: fc.boolean(),
  });
  const passed = fc.integer({ min: 0, max: 35 });
  await fc.assert(
    fc.asyncProperty(fc.array(told, { maxLength: 8 }), passed, async (story, passedDays) => {
      const order = await openedOrder(db.writer.em);
      const reference = `c-${order.id}`;
      await settle(order, { kind: "paid", reference, paid: order.price, at: now });
      const subscriptions = new Subscriptions(db.writer.em);
      const { id, subscriptionId, terms, price } = order;
      const bought = { cause: grantCause(id), kind: "payment", days: terms.days, terms } as const;
      await subscriptions.grantOnce(subscriptionId, bought, now);
      const later = addDays(now, passedDays);
      let booked = 0;
      for (const [index, { tenths, again }] of story.entries()) {
        // Every other return is the gateway's own, and booked first; the rest are refunds that are under way.
        if (tenths !== undefined && index % 2 === 0 && tenths > booked) {
          booked = tenths;
          const returned = money((price.minor * tenths) / 10, price.currency);
          await settle(order, { kind: "refunded", reference, returned });
        }
        const daysInAll = tenths === undefined ? {} : { daysInAll: (terms.days * tenths) / 10 };
        const change = { kind: "refund", paymentId: id, reference, ...daysInAll } as const;
        const step = `${id}/${index}`;
        const first = await subscriptions.returnTime(subscriptionId, { ...change, step }, later);
        if (!again) continue;
        const repeat = await subscriptions.returnTime(subscriptionId, { ...change, step }, later);
        expect(repeat).toEqual(first);
      }
      const nothing = { kind: "refund", paymentId: id, reference, step: `${id}/last` } as const;
      await subscriptions.returnTime(subscriptionId, nothing, later);
      const [row] = await db.owner.em.fork().execute<{ taken: number; paid_until: string }[]>(
        `select s.paid_until, (select coalesce(-sum(g.days), 0) from grants g
                                where g.subscription_id = s.id and g.kind = 'refund') as taken
           from subscriptions s where s.id = ?`,
        [subscriptionId],
      );
      const takenDays = (terms.days * booked) / 10;
      expect(Number(row?.taken)).toBeCloseTo(takenDays, 6);
      const end = spanAfter(addDays(now, terms.days), { days: -takenDays }, later).until;
      expect(Math.abs(msBetween(end, instant(row?.paid_until ?? 0)))).toBeLessThanOrEqual(
        story.length,
      );
    }),
    { numRuns: 40 },
  );
  const found = await new Books(db.owner.em).disagreements();
  expect(found.filter(({ kind }) => kind === "wrongEnd")).toEqual([]);
});
