import { money } from "../../domain/money.ts";
import { bytesInGb } from "../../domain/payments/plan-change.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, hourMs, type Instant, minuteMs } from "../../domain/time.ts";
import { sampleLocations } from "./sample-locations.ts";
import { names } from "./sample-people.ts";
import { type NoticeOf, type NoticeSamples, ofKind } from "./samples-of.ts";

const access = ofKind("access");

/** What a customer is told about their time, their devices and their traffic. */
export function accessSamples(language: Language, now: Instant) {
  const until = addMs(now, 30 * dayMs);
  const againAt = addMs(now, 9 * dayMs);
  const name = names[language].laptop;
  const balances = [money(15_000, "RUB")];
  return {
    hostTrouble: access<NoticeOf<"hostTrouble">>(
      { kind: "hostTrouble" },
      { kind: "hostTrouble", isMaintained: true },
    ),
    hostSick: access({ kind: "hostSick" }),
    hostWell: access({ kind: "hostWell" }),
    changeDelayed: access({ kind: "changeDelayed" }),
    hostRefused: access({ kind: "hostRefused" }),
    noHostFree: access<NoticeOf<"noHostFree">>(
      { kind: "noHostFree" },
      { kind: "noHostFree", location: sampleLocations[0]! },
    ),
    locationPicked: access<NoticeOf<"locationPicked">>(
      { kind: "locationPicked", outcome: "moving", name, location: sampleLocations[0]! },
      { kind: "locationPicked", outcome: "stays", name },
      { kind: "locationPicked", outcome: "waits", name, location: sampleLocations[0]! },
      { kind: "locationPicked", outcome: "same", name, location: sampleLocations[0]! },
      { kind: "locationPicked", outcome: "noRoom", name, location: sampleLocations[1]! },
      { kind: "locationPicked", outcome: "limit", name, mostMoves: 3 },
      { kind: "locationPicked", outcome: "limit", name, mostMoves: 0 },
      { kind: "locationPicked", outcome: "notOffered", name },
    ),
    timeGivenBack: access<NoticeOf<"timeGivenBack">>(
      { kind: "timeGivenBack", ms: 200 * minuteMs, until },
      { kind: "timeGivenBack", ms: 21 * minuteMs, until },
    ),
    timeGiven: access({ kind: "timeGiven", until }),
    reminder: access(
      { kind: "reminder", daysLeft: 3, until: addMs(now, 3 * dayMs) },
      { kind: "reminder", daysLeft: 1, until: addMs(now, dayMs) },
    ),
    graceBegan: access({ kind: "graceBegan", until: addMs(now, 12 * hourMs) }),
    expired: access({ kind: "expired" }),
    accessBack: access({ kind: "accessBack" }, { kind: "accessBack", balances }),
    unblocked: access({ kind: "unblocked" }, { kind: "unblocked", balances }),
    subscriptionRevoked: access({ kind: "subscriptionRevoked" }),
    trafficLow: access<NoticeOf<"trafficLow">>(
      { kind: "trafficLow", leftBytes: 2 * bytesInGb, until },
      { kind: "trafficLow", leftBytes: 2 * bytesInGb, until, canBuy: true },
      { kind: "trafficLow", leftBytes: 2 * bytesInGb, until, againAt },
    ),
    trafficUsedUp: access<NoticeOf<"trafficUsedUp">>(
      { kind: "trafficUsedUp", until },
      { kind: "trafficUsedUp", until, canBuy: true },
      { kind: "trafficUsedUp", until, againAt, canBuy: true },
    ),
    trafficBack: access({ kind: "trafficBack", limitBytes: 50 * bytesInGb, until: againAt }),
    deviceEndsSoon: access<NoticeOf<"deviceEndsSoon">>(
      { kind: "deviceEndsSoon", until },
      { kind: "deviceEndsSoon", until, canBuy: true },
    ),
    deviceEnded: access<NoticeOf<"deviceEnded">>(
      { kind: "deviceEnded" },
      { kind: "deviceEnded", canBuy: true },
    ),
    noAccessNow: access<NoticeOf<"noAccessNow">>(
      { kind: "noAccessNow" },
      { kind: "noAccessNow", isNew: true },
    ),
    deviceLimit: access<NoticeOf<"deviceLimit">>(
      { kind: "deviceLimit", limit: 3 },
      { kind: "deviceLimit", limit: 1, canBuy: true },
    ),
    devicesPaused: access<NoticeOf<"devicesPaused">>(
      { kind: "devicesPaused", limit: 1, names: [name] },
      { kind: "devicesPaused", limit: 1, names: [name], canBuy: true },
    ),
    devicePaused: access<NoticeOf<"devicePaused">>(
      { kind: "devicePaused", limit: 1 },
      { kind: "devicePaused", limit: 1, canBuy: true },
    ),
    deviceUsed: access(
      { kind: "deviceUsed", name },
      { kind: "deviceUsed", name, instead: names[language].phone },
    ),
    deviceRenamed: access({ kind: "deviceRenamed", name }),
    deviceRevoked: access({ kind: "deviceRevoked", name }),
    deviceMoved: access<NoticeOf<"deviceMoved">>(
      { kind: "deviceMoved", name, why: "customer", keepsKey: false, until: addMs(now, dayMs) },
      { kind: "deviceMoved", name, why: "migration", keepsKey: false, until: addMs(now, dayMs) },
      { kind: "deviceMoved", name, why: "lost", keepsKey: false },
      { kind: "deviceMoved", name, why: "lost", keepsKey: true },
    ),
    keyReplaced: access({ kind: "keyReplaced", name: names[language].phone }),
    hwidsForgotten: access({ kind: "hwidsForgotten" }),
    deviceUnknown: access({ kind: "deviceUnknown" }),
  } satisfies Partial<NoticeSamples>;
}
