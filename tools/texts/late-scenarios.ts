import { addMs, dayMs } from "../../domain/time.ts";
import { deviceIds, paymentIds, sampleAdmin, sampleCustomer, sampleId } from "./sample-people.ts";
import { hostIds } from "./sample-hosts.ts";
import { samplePlans } from "./sample-plans.ts";
import { currentPlan, sampleDevices, samplePayments, type SampleShop } from "./sample-shop.ts";
import type { Scenario } from "./scenario.ts";

/** Buttons of messages that are old: what they are about is over, or somebody was faster. */
export function tooLate(nobody: SampleShop): Scenario[] {
  const { language, now } = nobody;
  const shop: SampleShop = { ...nobody, isLate: true };
  const payments = samplePayments(language, samplePlans, now);
  const current = currentPlan("active", addMs(now, 12 * dayMs), {
    plan: samplePlans.find(({ code }) => code === "month")!,
    now,
  });
  const customer = sampleCustomer(language);
  const devices = sampleDevices(language, now);
  const ofCustomer = [
    `device-open:${deviceIds.phone.replace("a", "f")}`,
    `cancel-payment:${paymentIds.open}`,
    `show-payment:${paymentIds.settled}`,
    "plan:gone",
    "buy:month:1:tbank:RUB:0123abcd",
    "buy:month:1:balance:RUB:0123abcd",
    "admin",
    "no-such-button",
  ];
  const ofStranger = [
    "captcha:1:cat",
    `device-show:${deviceIds.phone}`,
    "plan:month",
    "language:en",
  ];
  const ofAdmin = [
    `decide:signup:${sampleId}:0123abcd:approve`,
    `act:unblock:${sampleId}`,
    "sure-block:1",
    `sure-block:${Number(sampleAdmin(language).telegramId)}`,
    `sure-refund:${paymentIds.open}`,
    `refund-whole:${paymentIds.settled}:0123abcd`,
    `refund-whole:${paymentIds.lapsed.replace("6", "0")}:0123abcd`,
    `payment:${paymentIds.lapsed.replace("6", "0")}`,
    `ignore:${"0".repeat(32)}`,
    "ticket-answer:1",
    "approve-yes:0123abcd",
    `host:${hostIds.open.replace("0", "f")}`,
    `host-drain:${hostIds.open}:0123abcd`,
    `host-sure:${hostIds.open}`,
    `host-migration:${hostIds.open}`,
    `host-maint:${hostIds.away}`,
    `host-maint:${hostIds.empty}`,
    `host-maint-end:${hostIds.away}:0123abcd`,
    `host-give-back:${hostIds.away}:0123abcd`,
    `host-migrate:${hostIds.open}:0123abcd`,
    `host-migrate-stop:${hostIds.away}:0123abcd`,
    `host-lose:${hostIds.empty}:0123abcd`,
    `host-resume:${hostIds.empty}:0123abcd`,
    `host-remove:${hostIds.empty}:0123abcd`,
    "location:xx",
    "location-set:jp:offered:no:0123abcd",
    "location-remove:jp:0123abcd",
    `host-at:${hostIds.open}:jp`,
    `sure-undo:${sampleId}:0123abca`,
    `sure-undo:${sampleId}:0123abcf`,
  ];
  const pressing = (name: string, changes: Partial<SampleShop>, pressed: readonly string[]) => ({
    name,
    shop: { ...shop, ...changes },
    start: { written: [], pressed },
    left: /./u,
  });
  return [
    pressing("too late", { customer, current, devices, payments }, ofCustomer),
    pressing("too late, not a customer", {}, ofStranger),
    pressing("too late, admin", { customer: sampleAdmin(language), payments }, ofAdmin),
  ];
}
