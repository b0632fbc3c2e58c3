import type { DeviceDetails } from "../../db/queries/access/devices.ts";
import { addMs, dayMs, hourMs } from "../../domain/time.ts";
import type { WalkStart } from "./bot-walk.ts";
import { samplePlans } from "./sample-plans.ts";
import { currentPlan, sampleDevices, type SampleShop } from "./sample-shop.ts";
import type { Scenario } from "./scenario.ts";

/** A customer with a subscription, and what they do. */
export type Named = (name: string, changes: Partial<SampleShop>, start?: WalkStart) => Scenario;

/** A customer whose subscription is in this state. */
export const inState = (...of: Parameters<typeof currentPlan>) => ({ current: currentPlan(...of) });

/** One of the samples' plans. */
export const planOf = (code: string) => samplePlans.find((plan) => plan.code === code)!;

const gb = 1_024 ** 3;
const fromPage = (written: string): WalkStart => ({ written: ["/start", written] });

/** At the limits of a plan to which devices and traffic can be added. */
export function atLimits(named: Named, { now, language }: SampleShop): Scenario[] {
  const plan = {
    ...planOf("month"),
    trafficLimitBytes: 100 * gb,
    extraDevice: { RUB: 9_900, XTR: 100 },
    trafficPack: { bytes: 50 * gb, prices: { RUB: 14_900, XTR: 150 } },
  };
  const until = addMs(now, 12 * dayMs + hourMs);
  const active = inState("active", until, { plan, now });
  const usedUp = inState("exhausted", until, { plan, now });
  const full = { limitBytes: 100 * gb, usedBytes: 100 * gb };
  const [phone, laptop] = sampleDevices(language, now);
  const beyond = (changes: Partial<DeviceDetails>) => ({
    deviceLimit: 1,
    devices: [phone!, { ...laptop!, ...changes }],
  });
  const ofLaptop: WalkStart = {
    written: ["/start"],
    pressed: ["devices", `device-open:${laptop!.id}`, `device-use:${laptop!.id}`],
  };
  const ofOne = samplePlans.map((plan) => ({ ...plan, deviceLimit: 1 }));
  return [
    named("one more device", { ...active, deviceLimit: 2 }, fromPage("/devices")),
    named("a device is paused", { ...active, ...beyond({ isPaused: true }) }, ofLaptop),
    named(
      "a bought place has ended",
      { ...active, ...beyond({ endsAt: addMs(now, -365 * dayMs) }) },
      ofLaptop,
    ),
    named(
      "a plan for fewer devices",
      { ...active, plans: ofOne },
      { written: ["/plans"], pressed: ["plan:month", "begin-by:month:stars:XTR"] },
    ),
    named(
      "more traffic",
      { ...active, extraDevices: [until], traffic: { ...full, usedBytes: 85 * gb } },
      fromPage("/usage"),
    ),
    named("traffic pack", { ...usedUp, traffic: full }),
  ];
}
