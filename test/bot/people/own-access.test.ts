import { expect, test } from "vitest";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { walkMenu } from "../menu-walk.ts";
import { asShown } from "../people.ts";

const ids = { admin: 1002, support: 1003, viewer: 1004 } as const;
const app = useTestApp({
  adminIds: [adminId, ids.admin],
  supportIds: [ids.support],
  viewerIds: [ids.viewer],
});

test.each([
  ["admin", "en"],
  ["support", "ru"],
  ["viewer", "en"],
] as const)(
  "who works here as %s has access like anybody, at once (%s)",
  async (role, language) => {
    const one = await app.person(ids[role]).become({ language_code: language });
    await one.send("/start");
    await one.pressButton(/^home$/u);
    await one.pressButton(/^my-access$/u);
    await one.waitForMessage(/Your key for|Ваш ключ/u);
    expect(
      await app.rows("select 1 from approvals where approval_id = ?", [`signup:${one.id}`]),
    ).toEqual([]);
    await one.send("/admin");
    await one.waitForMessage(asShown(textsIn(language).operations.menu.title));
    await one.pressButton(/^my-access$/u);
    await one.button(/^connect$/u);
    await one.button(/^admin$/u);
    const query = `select c.role, count(*)::int as lots from customers c
      join subscriptions s on s.customer_id = c.id join time_lots t on t.subscription_id = s.id
     where c.telegram_id = ? group by c.role`;
    await eventually(async () =>
      expect(await app.rows(query, [one.id])).toEqual([{ role, lots: 1 }]),
    );
    const left =
      /^(?:device-revoke|act:|decide|ticket-close|setting-set|plan-set|host-(?:lose|migrate):)/u;
    const seen = await walkMenu({ person: one, app }, left);
    for (const kind of ["connect", "plans", "devices", "admin", "admin-pending", "my-access"]) {
      expect(seen).toContain(kind);
    }
  },
);
