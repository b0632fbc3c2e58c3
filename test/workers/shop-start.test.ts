import { expect, inject, onTestFinished, test } from "vitest";
import { queriesOf } from "../../db/orm.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { newVaultKeys, useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { startCryptoBot, token } from "../emulators/cryptobot-client.ts";
import { launch } from "../runtime/launched.ts";

const db = useDatabase();

const environment = async () => ({
  DATABASE_URL: db.writerUrl,
  METRICS_PORT: String(await freePort()),
  BOT_TOKEN: "123456:TEST",
  TELEGRAM_API_ROOT: "http://127.0.0.1:1",
  ADMIN_IDS: "1001",
  ENCRYPTION_KEYS: newVaultKeys(),
  CRYPTOBOT_TOKEN: token,
  WORKFLOW_BUNDLE: inject("temporal").codePath,
});

/** Payments without an order, e.g. of another program that uses the same app, at given moments. */
async function openPast(...moments: readonly string[]) {
  const clock = { now: moments[0] ?? "" };
  const crypto = await startCryptoBot({ now: () => Date.parse(clock.now) });
  for (const moment of moments) {
    clock.now = moment;
    await crypto.pay((await crypto.invoice()).invoice_id);
  }
  return crypto.url;
}

test("with SHOP_STARTED_AT, payments without an order count from that moment on, and earlier ones are skipped", async () => {
  const old = "2026-01-31T23:59:59Z";
  const before = "2026-02-28T23:59:59Z";
  const at = "2026-03-01T00:00:00Z";
  const after = "2026-03-01T00:00:01Z";
  const url = await openPast(old, before, at, after);
  const temporal = await createNamespace();
  onTestFinished(() => temporal.connection.close());
  launch("workers", {
    ...(await environment()),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    CRYPTOBOT_URL: url,
    // The same moment as in the third line, in a time zone east of it.
    SHOP_STARTED_AT: "2026-03-01T03:00:00+03:00",
  });
  const { em } = db.owner;
  const reconciler = temporal.client.workflow.getHandle("gateway:cryptobot");
  await eventually(async () => {
    // A pass ends with the one after it, which need not be awaited for a minute.
    await reconciler.signal("checkNow");
    const kept = await queriesOf(em).selectFrom("unmatched").select("at").orderBy("at").execute();
    expect(kept.map((one) => one.at.getTime())).toEqual([at, after].map((one) => Date.parse(one)));
    const [cursor] = await queriesOf(em).selectFrom("statement_cursors").selectAll().execute();
    expect(cursor).toMatchObject({ account: "cryptobot/12345", skipped: 2 });
  });
});

test.each(["yesterday", "2026-03-01", "2026-03-01T00:00:00", "2026-02-30T00:00:00Z", "1772323200"])(
  "SHOP_STARTED_AT=%s is not a valid time: the worker says so and starts nothing",
  async (wrong) => {
    const nowhere = { TEMPORAL_ADDRESS: "127.0.0.1:1" };
    const given = { ...(await environment()), ...nowhere, SHOP_STARTED_AT: wrong };
    const { ended, complaint, out } = launch("workers", given);
    expect(await ended).toBe(1);
    expect(complaint()).toContain(
      "- SHOP_STARTED_AT: must be a moment like 2026-11-01T00:00:00Z\nNothing was started",
    );
    expect(out()).toBe("");
  },
);
