import { expect, test } from "vitest";
import { BotCustomer, memoryGateway, starsAnd } from "../bot/bot-customer.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });

/** Telegram shows an invoice at once; its answer to us takes this long and is then lost. */
const silenceMs = 3_000;

test("a bill can be paid as soon as it is seen, also while Telegram's answer to it is awaited", async () => {
  const bob = new BotCustomer(app, await app.customer());
  const lost = { kind: "timeout-after-success", method: "sendInvoice", times: 1 };
  await fetch(`${app.emulatorUrl}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ ...lost, hold_ms: silenceMs }),
  });
  await bob.buy("month", "stars", "XTR");
  const bill = await eventually(async () => {
    const found = (await bob.person.chat()).find(({ invoice }) => invoice);
    if (found === undefined) throw new Error("no bill yet");
    return found.message_id;
  });
  expect(await bob.pay(bill)).toBeUndefined();
  await bob.person.waitForMessage(/Paid\. Your access/u);
});
