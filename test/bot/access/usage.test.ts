import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import type { Instant } from "../../../domain/time.ts";
import { bytesIn, momentIn, textsIn } from "../../../texts/index.ts";
import { signals, workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { customerSpeaking, devicesOf, shown } from "../people.ts";

const app = useTestApp();

/**
 * Makes the host's reconciler read the counters,
 * and waits until a device's traffic is in the database.
 */
async function countTraffic(deviceId: string): Promise<void> {
  const reconciler = app.client.workflow.getHandle(workflowIds.host(app.hostId));
  await reconciler.signal(signals.checkNow);
  await eventually(async () => {
    const counted = await app.rows(
      "select 1 from traffic_counters where device_id = ? and uploaded > 0",
      [deviceId],
    );
    expect(counted).toHaveLength(1);
  });
}

test.each(languages)("/usage shows what the host has counted (%s)", async (language) => {
  const texts = textsIn(language);
  const bob = await customerSpeaking(app, language);
  await bob.send("/usage");
  await bob.waitForMessage(new RegExp(texts.access.traffic.none, "u"));
  const [device] = await devicesOf(app, bob);
  app.host.carry(device!.public_key, 5_000, 3 * 1024 ** 3);
  await countTraffic(device!.id);
  await bob.send("/usage");
  const down = bytesIn(language, 3 * 1024 ** 3);
  const up = bytesIn(language, 5_000);
  const received = await bob.waitForMessage(
    new RegExp(texts.access.traffic.today("", "").slice(0, 6), "u"),
  );
  expect(received.text).toContain(
    shown(texts.access.traffic.line(device!.name, down, up, texts.access.seen.now)),
  );
  expect(received.text).toContain(texts.access.traffic.today(down, up));
  const [{ until } = { until: "" }] = await app.rows<{ until: string }>(
    `select s.paid_until as until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [bob.id],
  );
  const instant = new Date(until).toISOString() as Instant;
  expect(received.text).toContain(
    texts.access.traffic.until(momentIn({ language, zone: "UTC" }, instant)),
  );
});

test.each(languages)("a button sends a picture of the last 30 days (%s)", async (language) => {
  const texts = textsIn(language);
  const bob = await customerSpeaking(app, language);
  const [device] = await devicesOf(app, bob);
  app.host.carry(device!.public_key, 5_000, 3 * 1024 ** 3);
  await countTraffic(device!.id);
  await app.rows(
    `insert into traffic_daily (device_id, day, uploaded, downloaded)
     values (?, current_date - 29, 0, 1073741824), (?, current_date - 30, 0, 1073741824)`,
    [device!.id, device!.id],
  );
  await bob.send("/usage");
  await bob.pressButton(/^usage-chart$/u);
  const down = bytesIn(language, 4 * 1024 ** 3);
  const picture = await bob.waitForMessage(new RegExp(`^📈[^]*⬇ ${down}, ⬆`, "u"));
  expect(picture.photo).toMatchObject([{ width: 1200, height: 800 }]);
  const [[home]] = picture.reply_markup!.inline_keyboard as [[{ text: string }]];
  expect(home).toMatchObject({ text: texts.messaging.menu.home, callback_data: "home:new" });
});

test("a picture of somebody whose traffic is not counted yet is not offered", async () => {
  const eve = await customerSpeaking(app, "en");
  await eve.send("/usage");
  const page = await eve.waitForMessage(/No traffic yet/u);
  expect(JSON.stringify(page.reply_markup)).not.toContain("usage-chart");
});

test.each(languages)("/usage shows this month and the one before it (%s)", async (language) => {
  const { traffic } = textsIn(language).access;
  const bob = await customerSpeaking(app, language);
  const [device] = await devicesOf(app, bob);
  app.host.carry(device!.public_key, 5_000, 3 * 1024 ** 3);
  await countTraffic(device!.id);
  // A part of the month before is rolled up already.
  await app.rows(
    `insert into traffic_daily (device_id, day, uploaded, downloaded)
     values (?, date_trunc('month', current_date) - interval '1 day', 1024, 2048),
            (?, date_trunc('month', current_date) - interval '3 months', 1, 1)`,
    [device!.id, device!.id],
  );
  await app.rows(
    `insert into traffic_months (device_id, month, uploaded, downloaded)
     values (?, date_trunc('month', current_date) - interval '1 month', 1024, 2048)`,
    [device!.id],
  );
  await bob.send("/usage");
  const size = (bytes: number) => bytesIn(language, bytes);
  const page = await bob.waitForMessage(new RegExp(traffic.title.replaceAll(/<.*?>/gu, ""), "u"));
  expect(page.text).toContain(traffic.month(size(3 * 1024 ** 3), size(5_000)));
  expect(page.text).toContain(traffic.monthBefore(size(4096), size(2048)));
});
