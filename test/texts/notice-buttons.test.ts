import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Notice } from "../../domain/messaging/notice.ts";
import { money } from "../../domain/money.ts";
import { notOpenedReasons } from "../../domain/payments/payment.ts";
import { type Language, languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";
import { renderNotice } from "../../texts/notices.ts";
import { drawnNotices } from "./drawn-notices.ts";
import { anyLanguage } from "./drawn-words.ts";

const now = instant("2026-11-28T10:00:00Z");
const kinds = Object.entries(drawnNotices) as [Notice["kind"], fc.Arbitrary<Notice>][];

/** The places of the menu that sentences send people to, as each language names them there. */
const places = {
  en: {
    "▶️": /\bpress Start\b|\bPress Start\b/u,
    "📱": /\bDevices\b/u,
    "🧾": /\bin Payments\b/u,
    "🔁": /\bAuto-renewal (is|needs|to)\b|\bin Auto-renewal\b/u,
    "❓": /\bHelp\b/u,
  },
  ru: {
    "▶️": /«Начать»/u,
    "📱": /«Устройств\p{L}+»/u,
    "🧾": /«Плат[её]ж\p{L}+»/u,
    "🔁": /«Автопродлени\p{L}+»/u,
    "❓": /«Помощь»/u,
  },
} as const;

test.each(kinds)("where the notice %s sends somebody there is a button below it", (_, drawn) =>
  fc.assert(
    fc.property(drawn, anyLanguage, (notice, language) => {
      const { html, keyboard = [] } = renderNotice({ language, zone: "UTC" }, notice, now);
      const labels = keyboard.flat().map(({ text }) => text);
      const named = Object.entries(places[language]).filter(([, words]) => words.test(html));
      for (const [icon] of named) expect(labels).toContainEqual(expect.stringContaining(icon));
    }),
  ),
);

/** The labels below a notice, without the menu's. */
const below = (notice: Notice, language: Language) =>
  (renderNotice({ language, zone: "UTC" }, notice, now).keyboard ?? [])
    .flat()
    .map(({ text }) => text)
    .filter((text) => text !== textsIn(language).messaging.menu.home);

test.each(languages)(
  "what was not bought, or is held, leads to what makes it right (%s)",
  (language) => {
    const { menu } = textsIn(language).messaging;
    const steps = {
      notCustomer: [menu.start, menu.help],
      notForSale: [menu.choosePlan],
      priceChanged: [menu.choosePlan],
      gatewayOff: [menu.choosePlan],
      alreadyOpen: [menu.payments],
      wrongAmount: [menu.topUp],
      addOnOff: [menu.choosePlan],
      addOnChanged: [menu.devices],
    };
    for (const why of notOpenedReasons)
      expect(below({ kind: "notOpened", why }, language)).toEqual(steps[why]);
    const amount = money(100, "RUB");
    const credited = (why: "blocked" | "noAccess") =>
      below({ kind: "credited", amount, why }, language);
    // A block closes every page but help.
    expect(credited("blocked")).toEqual([menu.help]);
    expect(credited("noAccess")).toEqual([menu.help, menu.balance]);
  },
);
