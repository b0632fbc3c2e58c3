import { expect, test } from "vitest";
import { dayMs } from "../../domain/time.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

test.each([
  ["family", "month", 3 + 60 + 90 + 30],
  ["month", "family", 3 + 15 + 90 + 30],
])(
  "free days stay as many when the plan changes: %s, 90 days from an admin, then %s are %d days",
  async (first, second, days) => {
    const bob = await app.customer();
    const admin = await app.admin();
    const customer = new TestCustomer(app, bob);
    const bought = async (plan: string) => {
      const order = await customer.order({ plan });
      await customer.pay(order);
      expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
    };
    const leftDays = async () => ((await customer.paidUntil()) - Date.now()) / dayMs;
    await bought(first);
    await admin.send(`/extend ${bob.id} 90`);
    await eventually(async () => expect(await leftDays()).toBeGreaterThan(120));
    await bought(second);
    expect(await leftDays()).toBeCloseTo(days, 1);
  },
);
