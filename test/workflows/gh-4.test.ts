import { expect, test } from "vitest";
import { BotCustomer, memoryGateway, starsAnd } from "../bot/bot-customer.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });

/** Telegram shows an invoice at once; its answer to us takes this long and is then lost. */
const silenceMs = 3_000;

test("an invoice can be paid as soon as it is seen, also while Telegram's answer to it is awaited", async () => {
  const bob = new BotCustomer(app, await app.customer());
  const lost = { kind: "timeout-after-success", method: "editMessageText", times: 1 };
  await fetch(`${app.emulatorUrl}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ ...lost, hold_ms: silenceMs }),
  });
  await bob.buy("month", "stars", "XTR");
  expect(await bob.pay(await bob.waitForStarsInvoice())).toBeUndefined();
  await bob.person.waitForMessage(/Paid\. Your access/u);
});
