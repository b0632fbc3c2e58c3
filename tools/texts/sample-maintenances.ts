import type { MaintenanceDetails, OwnMaintenance } from "../../db/queries/access/maintenances.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, hourMs, type Instant, minuteMs } from "../../domain/time.ts";
import { inState, type Named, planOf } from "./limit-scenarios.ts";
import { hostIds } from "./sample-hosts.ts";
import { sampleSubscription } from "./sample-people.ts";
import type { SampleShop } from "./sample-shop.ts";

const written: Readonly<Record<Language, string>> = {
  en: "New disks on Friday night: an hour or two without a connection.",
  ru: "В ночь на субботу меняем диски: час или два связи не будет.",
};

/** By host: one that is over, one that lasts, and one whose time is being given back. */
export function sampleMaintenances(now: Instant): ReadonlyMap<string, MaintenanceDetails> {
  const over: MaintenanceDetails = {
    id: "0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7d01",
    texts: {},
    until: undefined,
    startedAt: addMs(now, -5 * hourMs),
    endedAt: addMs(now, -100 * minuteMs),
    giveBack: undefined,
    concerned: 96,
    handled: 0,
    given: 0,
  };
  const lasts = { ...over, texts: written, until: addMs(now, hourMs), endedAt: undefined };
  const giving = { ...over, giveBack: "running", handled: 50, given: 48 } as const;
  return new Map<string, MaintenanceDetails>([
    [hostIds.open, over],
    [hostIds.away, lasts],
    [hostIds.empty, giving],
  ]);
}

/** A customer whose server is in maintenance: with the usual words, and with an admin's own. */
export function inMaintenance(named: Named, { now }: SampleShop) {
  const active = inState("active", addMs(now, 12 * dayMs + hourMs), { plan: planOf("month"), now });
  const usual = { texts: {}, until: undefined, about: sampleSubscription, isWhole: true };
  const own: OwnMaintenance = { ...usual, texts: written, until: addMs(now, hourMs) };
  const pressed = ["home", "connect", "devices", "plans"];
  return [usual, { ...own, isWhole: false }].map((one, place) => ({
    ...named(
      place === 0 ? "server in maintenance" : "server in maintenance, with words of its own",
      { ...active, ownMaintenances: [one] },
      { written: [], pressed },
    ),
    left: /./u,
  }));
}
