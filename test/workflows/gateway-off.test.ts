import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payment.ts";
import { Refused } from "../../gateways/refused.ts";
import { refundOf } from "../../workflows/contract.ts";
import type { refund } from "../../workflows/index.ts";
import { Buyer } from "../support/buyer.ts";
import { adminId, useStage } from "../support/stage.ts";

/** Gateways whose keys the owner has taken out since. */
const off = new Set<GatewayName>();

const stage = useStage({
  directory: (known) => ({
    async get(name) {
      if (off.has(name)) throw new Refused(`the gateway ${name} is not configured`);
      return known.get(name);
    },
  }),
});

test("money that comes twice by a gateway that is off by then is credited", async () => {
  const buyer = new Buyer(stage, await stage.customer());
  const order = await buyer.orders();
  await buyer.pays(order);
  await buyer.ends(order.id);
  off.add(order.gateway);
  await buyer.pays(order);
  expect(await buyer.ends(order.id)).toMatchObject({ kind: "paidTwice" });
  expect(await buyer.balance()).toEqual({ RUB: 30_000 });
  expect(await buyer.grants(order.id)).toHaveLength(1);
  off.clear();
});

test("an admin who wants money back by a gateway that is off is told that it is not possible", async () => {
  const admin = await stage.admin();
  const buyer = new Buyer(stage, await stage.customer());
  const order = await buyer.orders();
  await buyer.pays(order);
  await buyer.ends(order.id);
  off.add(order.gateway);
  const wish = { requestId: randomUUID(), paymentId: order.id, reason: "asked for it" };
  const options = refundOf({ by: telegramId(adminId), ...wish });
  const asked = await stage.client.workflow.execute<typeof refund>("refund", options);
  expect(asked).toEqual({ kind: "notOpened", why: "notPossible" });
  await admin.hears(/This gateway cannot return money/u);
  off.clear();
});
