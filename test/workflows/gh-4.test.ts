import { expect, test } from "vitest";
import { Shopper, starsAnd, till } from "../bot/shopper.ts";
import { eventually } from "../support/eventually.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage({ gateways: starsAnd(till()) });

/** Telegram shows a bill at once; its answer to us takes this long, and is then lost. */
const silenceMs = 3_000;

test("a bill can be paid as soon as it is seen, also while Telegram's answer to it is awaited", async () => {
  const bob = new Shopper(stage, await stage.customer());
  const lost = { kind: "timeout-after-success", method: "sendInvoice", times: 1 };
  await fetch(`${stage.emulatorUrl}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ ...lost, hold_ms: silenceMs }),
  });
  await bob.buys("month", "stars", "XTR");
  const bill = await eventually(async () => {
    const found = (await bob.person.chat()).find(({ invoice }) => invoice);
    if (found === undefined) throw new Error("no bill yet");
    return found.message_id;
  });
  expect(await bob.pays(bill)).toBeUndefined();
  await bob.person.hears(/Payment received/u);
});
