import { expect, test } from "vitest";
import { dayMs } from "../../domain/time.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();

test.each([
  ["family", "month", 3 + 60 + 90 + 30],
  ["month", "family", 3 + 15 + 90 + 30],
])(
  "free days stay as many when the plan changes: %s, 90 days from an admin, then %s are %d days",
  async (first, second, days) => {
    const [bob, admin] = [await stage.customer(), await stage.admin()];
    const buyer = new Buyer(stage, bob);
    const bought = async (plan: string) => {
      const order = await buyer.orders({ plan });
      await buyer.pays(order);
      expect(await buyer.ends(order.id)).toMatchObject({ kind: "settled" });
    };
    const leftDays = async () => ((await buyer.paidUntil()) - Date.now()) / dayMs;
    await bought(first);
    await admin.say(`/extend ${bob.id} 90`);
    await eventually(async () => expect(await leftDays()).toBeGreaterThan(120));
    await bought(second);
    expect(await leftDays()).toBeCloseTo(days, 1);
  },
);
