import type { HostDetails, MigrationDetails } from "../../db/queries/access/hosts.ts";
import { hostId } from "../../domain/ids.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, hourMs, type Instant, minuteMs } from "../../domain/time.ts";
import { sampleLocations } from "./sample-locations.ts";
import { names } from "./sample-people.ts";

/** The ids of the sample's hosts. */
export const hostIds = {
  open: hostId("0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7b01"),
  away: hostId("0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7b02"),
  empty: hostId("0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7b03"),
} as const;

/** A migration that waits for room, and one that was stopped. */
export function sampleMigrations(now: Instant): ReadonlyMap<string, MigrationDetails> {
  const waits: MigrationDetails = {
    id: "0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7c01",
    kind: "drain",
    state: "running",
    ratePerMinute: 60,
    moved: 40,
    arrived: 38,
    left: 31,
    waitingSince: addMs(now, -hourMs),
    startedAt: addMs(now, -2 * hourMs),
  };
  return new Map([
    [hostIds.away, waits],
    [hostIds.empty, { ...waits, state: "aborted" as const }],
  ]);
}

/** A host with devices, a panel that does not answer, and one that may be removed. */
export function sampleHosts(language: Language, now: Instant): HostDetails[] {
  const tunnel = {
    kind: "amneziawg",
    state: "open",
    network: "10.8.0.0/20",
    network6: undefined,
    weight: 1,
    refused: 0,
    seenAt: addMs(now, -minuteMs),
    awaySince: undefined,
    trouble: undefined,
    sickSince: undefined,
    isMaintained: false,
    probes: [
      {
        source: "worker",
        verdict: "well",
        latencyMs: 41,
        trouble: undefined,
        probedAt: addMs(now, -minuteMs),
      },
    ],
    addedAt: addMs(now, -60 * dayMs),
    location: undefined,
  } as const;
  return [
    {
      ...tunnel,
      id: hostIds.open,
      name: names[language].host,
      location: sampleLocations[0]?.code,
      endpoint: "ams.vpn.example:51820",
      capacity: 200,
      living: 84,
      letIn: 80,
      left: 12,
    },
    {
      ...tunnel,
      id: hostIds.away,
      name: "Panel",
      kind: "marzban",
      network: undefined,
      network6: undefined,
      endpoint: "https://panel.example:8000",
      capacity: 500,
      living: 31,
      letIn: 31,
      left: 0,
      refused: 2,
      awaySince: addMs(now, -2 * hourMs),
      trouble: "the panel does not answer GET /api/users: nothing listens on its port",
      sickSince: addMs(now, -2 * hourMs),
      probes: [
        {
          source: "worker",
          verdict: "sick",
          latencyMs: undefined,
          trouble: "panel.example:8000: nothing listens on its port",
          probedAt: addMs(now, -minuteMs),
        },
      ],
    },
    {
      ...tunnel,
      id: hostIds.empty,
      name: "Old",
      state: "draining",
      endpoint: "old.vpn.example:51820",
      capacity: 50,
      living: 0,
      letIn: 0,
      left: 0,
      seenAt: undefined,
    },
  ];
}
