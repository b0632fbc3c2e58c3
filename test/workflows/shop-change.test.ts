import { expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeShop } from "../../client/operations.ts";
import { telegramId } from "../../domain/ids.ts";
import { operator, type ShopChangeRequest } from "../../domain/operations/shop-change.ts";
import type { SettingKey } from "../../domain/operations/shop-settings.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Person } from "../drivers/person.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();

const change = (request: ShopChangeRequest) => changeShop(new DurableClient(app.client), request);

const set = (key: SettingKey, value: string | null) =>
  change({
    requestId: `${key}-${value}`,
    by: operator,
    change: { kind: "setting", key, value },
  });

const subscriptionOf = async ({ id }: Person) => {
  const [row] = await app.rows<{ days: number | null; devices: number }>(
    `select s.device_limit as devices,
            (select sum(t.ms)::float8 / 86400000 from time_lots t where t.subscription_id = s.id)
              as days
       from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [id],
  );
  return row;
};

test("the next approval gives the trial that the settings say, and the one before keeps its own", async () => {
  const before = await app.customer();
  expect(await set("trial", "12 hours")).toEqual({ kind: "changed" });
  expect(await set("trial-devices", "5")).toEqual({ kind: "changed" });
  const after = await app.customer();
  expect(await subscriptionOf(before)).toEqual({ days: 3, devices: 3 });
  expect(await subscriptionOf(after)).toEqual({ days: 0.5, devices: 5 });
  await set("trial", "off");
  const without = app.person();
  await without.askForAccess();
  const admin = await app.admin();
  await admin.pressButton(new RegExp(`^decide:signup:${without.id}:\\w+:approve$`, "u"));
  await without.button(/^plans$/u);
  expect(await subscriptionOf(without)).toEqual({ days: null, devices: 5 });
  await set("trial", null);
});

test("one request is one workflow and one change, and its repeats are answered alike", async () => {
  await app.admin();
  const request = {
    requestId: "one",
    by: telegramId(adminId),
    change: { kind: "setting", key: "name", value: "Fast VPN" },
  } as const;
  const answers = await Promise.all(Array.from({ length: 4 }, () => change(request)));
  expect(answers).toEqual(answers.map(() => ({ kind: "changed" })));
  await set("name", "Slow VPN");
  expect(await change(request)).toEqual({ kind: "changed" });
  const rows = await app.rows(
    "select value from shop_settings where key = 'name' order by version",
  );
  expect(rows).toEqual([{ value: "Fast VPN" }, { value: "Slow VPN" }]);
  const { status } = await app.client.workflow.getHandle(workflowIds.shopChange("one")).describe();
  expect(status.name).toBe("COMPLETED");
});

test("who is not an admin changes nothing", async () => {
  const bob = await app.customer();
  const refused = await change({
    requestId: `by-${bob.id}`,
    by: telegramId(bob.id),
    change: { kind: "setting", key: "maintenance", value: "on" },
  });
  expect(refused).toEqual({ kind: "refused", why: "notAdmin" });
});
