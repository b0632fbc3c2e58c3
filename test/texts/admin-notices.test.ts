import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AdminNotice } from "../../domain/messaging/notice.ts";
import { renderAdminNotice } from "../../texts/admin-notices.ts";
import { moneyIn } from "../../texts/money.ts";
import { drawnAdminNotices } from "./drawn-admin-notices.ts";
import { anyLanguage } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const reader = useReader();
const kinds = Object.entries(drawnAdminNotices) as [
  AdminNotice["kind"],
  fc.Arbitrary<AdminNotice>,
][];

test.each(kinds)("the notice to admins %s is a message with its amount", (_, drawn) =>
  fc.assert(
    fc.asyncProperty(drawn, anyLanguage, async (notice, language) => {
      const html = renderAdminNotice(language, notice);
      await reader.it.expectAccepted(html);
      expect(html).toContain("amount" in notice ? moneyIn(language, notice.amount) : "");
    }),
    { numRuns: 15 },
  ),
);
