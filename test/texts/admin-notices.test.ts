import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import { renderAdminNotice } from "../../texts/admin-notices.ts";
import { money } from "../../domain/money.ts";
import { displayName, languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import type { NoticeSubject } from "../../texts/facts.ts";
import { dayIn, isolated } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";
import { anySubject, drawnAdminNotices } from "./drawn-admin-notices.ts";
import { anyLanguage } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const reader = useReader();
const kinds = Object.entries(drawnAdminNotices) as [
  AdminNotice["kind"],
  fc.Arbitrary<AdminNotice>,
][];

const now = instant("2026-11-28T10:00:00Z");
const isolatedName = (owner: NonNullable<NoticeSubject["owner"]>) => isolated(displayName(owner));

test.each(kinds)("the notice to admins %s is a message with its amount", (_, drawn) =>
  fc.assert(
    fc.asyncProperty(drawn, anySubject, anyLanguage, async (notice, about, language) => {
      const locale = { language, zone: "UTC" };
      const { html, keyboard } = renderAdminNotice(locale, notice, about, now);
      await reader.it.expectAccepted(html, keyboard);
      expect(html).toContain("amount" in notice ? moneyIn(language, notice.amount) : "");
    }),
    { numRuns: 15 },
  ),
);

const aboutPayments = kinds.filter(([kind]) =>
  ["refundReturned", "refundWaits", "refundRefused", "refundNotAgreed", "chargedBack"].includes(
    kind,
  ),
);

test.each(aboutPayments)(
  "the notice %s names the customer with what they have now, and leads to card and payment",
  (_, drawn) =>
    fc.assert(
      fc.property(drawn, anySubject, anyLanguage, (notice, about, language) => {
        fc.pre(
          "paymentId" in notice && notice.paymentId !== undefined && about.owner !== undefined,
        );
        const locale = { language, zone: "UTC" };
        const { html, keyboard = [] } = renderAdminNotice(locale, notice, about, now);
        expect(html).toContain(isolatedName(about.owner));
        for (const amount of about.owner.balances) {
          expect(html).toContain(moneyIn(language, amount));
        }
        const { paidUntil } = about.owner;
        const hasTime = paidUntil !== undefined && paidUntil > now;
        for (const day of hasTime ? [dayIn(locale, paidUntil, now)] : []) {
          expect(html).toContain(day);
        }
        const data = keyboard.flat().map((button) => ("data" in button ? button.data : ""));
        expect(data).toEqual([
          `customer:${about.owner.telegramId}`,
          expect.stringMatching(/^payment:/u),
        ]);
      }),
      { numRuns: 15 },
    ),
);

test("a new unmatched payment is told with its wallet and its comment, and leads to it", () => {
  const notice = {
    kind: "unmatchedMoney",
    gateway: "ton",
    amount: money(100, "RUB"),
    reference: "r",
  } as const;
  const origin = { key: "0a".repeat(16), sender: "EQwallet", comment: "for <Bob>" };
  for (const language of languages) {
    const locale = { language, zone: "UTC" };
    const { html, keyboard = [] } = renderAdminNotice(locale, notice, { origin }, now);
    expect(html).toContain("EQwallet");
    expect(html).toContain("for &lt;Bob&gt;");
    const data = keyboard.flat().map((button) => ("data" in button ? button.data : ""));
    expect(data).toEqual([`unmatched-one:${origin.key}`, "unmatched:1:new"]);
  }
});
