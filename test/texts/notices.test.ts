import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Notice } from "../../domain/messaging/notice.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { renderNotice } from "../../texts/notices.ts";
import type { StaffAnswer } from "../../texts/staff-buttons.ts";
import { drawnNotices } from "./drawn-notices.ts";
import { drawnStaffNotices } from "./drawn-staff-notices.ts";
import { anyLanguage, anyName } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const now = instant("2026-11-28T10:00:00Z");
const reader = useReader();
const kinds = Object.entries(drawnNotices) as [Notice["kind"], fc.Arbitrary<Notice>][];

test.each(kinds)("the notice %s is a message that Telegram takes, in every language", (_, drawn) =>
  fc.assert(
    fc.asyncProperty(drawn, anyLanguage, async (notice, language) => {
      const { html, keyboard } = renderNotice({ language, zone: "UTC" }, notice, now);
      await reader.it.expectAccepted(html, keyboard);
    }),
    { numRuns: 15 },
  ),
);

test("a person's text is shown as it is, and none of it is markup", () =>
  fc.assert(
    fc.asyncProperty(anyName, anyLanguage, async (name, language) => {
      await reader.it.expectAccepted(
        renderNotice({ language, zone: "UTC" }, { kind: "deviceRenamed", name }, now).html,
      );
      const { text, entities = [] } = await reader.it.readNewest();
      // An invisible word joiner keeps a link from being one.
      expect(text?.replaceAll("\u2060", "")).toContain(`\u2068${name}\u2069`);
      const markup = entities.filter(({ type }) => ["bold", "code", "text_link"].includes(type));
      expect(markup).toEqual([]);
    }),
    { numRuns: 40 },
  ));

const answers = Object.entries(drawnStaffNotices) as [string, fc.Arbitrary<StaffAnswer>][];

test.each(answers)(
  "the answer %s to an act leads on: to whom it was about, or to its list",
  (_, drawn) =>
    fc.assert(
      fc.property(drawn, anyLanguage, (notice, language) => {
        const { keyboard = [] } = renderNotice({ language, zone: "UTC" }, notice, now);
        const data = keyboard.flat().map((button) => ("data" in button ? button.data : ""));
        expect(data.length).toBeGreaterThan(0);
        const isRefused = "why" in notice && notice.why === "notAdmin";
        const customer = "customer" in notice && !isRefused ? notice.customer : undefined;
        const led = customer === undefined ? [] : [`customer:${customer}`];
        expect(data).toEqual(expect.arrayContaining(led));
      }),
      { numRuns: 25 },
    ),
);

test("the answer to an act says whom it was about, and what they have since", () => {
  const locale = { language: "en", zone: "UTC" } as const;
  const until = instant("2027-01-03T10:00:00Z");
  const say = (notice: StaffAnswer) =>
    renderNotice(locale, notice, now).html.replaceAll(/[\u2068\u2069]/gu, "");
  const bob = { name: "Bob", customer: telegramId(5) };
  expect(say({ kind: "actDone", act: "extend", ...bob, effect: { days: 30, until } })).toBe(
    "✅ +30 days for Bob, until 3 January 2027.",
  );
  expect(say({ kind: "actDone", act: "unblock", ...bob, effect: { until } })).toBe(
    "✅ Bob is unblocked, and their VPN works until 3 January 2027.",
  );
  const charge = { gateway: gatewayName("ton"), amount: money(10_000, "RUB") };
  const given = { customer: telegramId(5), name: "Bob", balance: money(15_000, "RUB") };
  const done = { kind: "unmatchedResolved", resolved: { kind: "done" } } as const;
  expect(say({ ...done, charge: { ...charge, given } })).toBe(
    "✅ 100 ₽ is now on the balance of Bob, which is 150 ₽.",
  );
  expect(say({ ...done, charge: { ...charge, reason: "mine" } })).toBe(
    "🙈 100 ₽ by TON is ignored.\nReason: mine",
  );
});
