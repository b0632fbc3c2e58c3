import * as fc from "fast-check";
import { moveCauses } from "../../domain/access/move.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import { anyMoment, anyName, nameOf } from "./drawn-words.ts";

const isSold = fc.constant(true as const);
const anyLimit = fc.nat(100);

/** The longest name of a location, with anything in it. */
const anyLocation = fc.record({
  flag: fc.constant("🏴‍☠️"),
  names: fc.record({ en: nameOf(24), ru: nameOf(24) }),
});

type DeviceNotice = Extract<
  Notice["kind"],
  `device${string}` | "keyReplaced" | "noHostFree" | "locationPicked"
>;

/** Every kind of notice about devices, with arbitrary content. */
export const drawnDeviceNotices: {
  [Kind in DeviceNotice]: fc.Arbitrary<Extract<Notice, { kind: Kind }>>;
} = {
  deviceEndsSoon: fc.record(
    { kind: fc.constant("deviceEndsSoon"), until: anyMoment, canBuy: isSold },
    { requiredKeys: ["kind", "until"] },
  ),
  deviceEnded: fc.record(
    { kind: fc.constant("deviceEnded"), canBuy: isSold },
    { requiredKeys: ["kind"] },
  ),
  deviceLimit: fc.record(
    { kind: fc.constant("deviceLimit"), limit: anyLimit, canBuy: isSold },
    { requiredKeys: ["kind", "limit"] },
  ),
  devicesPaused: fc.record(
    {
      kind: fc.constant("devicesPaused"),
      limit: anyLimit,
      names: fc.array(anyName, { minLength: 1, maxLength: 20 }),
      canBuy: isSold,
    },
    { requiredKeys: ["kind", "limit", "names"] },
  ),
  devicePaused: fc.record(
    { kind: fc.constant("devicePaused"), limit: anyLimit, canBuy: isSold },
    { requiredKeys: ["kind", "limit"] },
  ),
  deviceUsed: fc.record(
    { kind: fc.constant("deviceUsed"), name: anyName, instead: anyName },
    { requiredKeys: ["kind", "name"] },
  ),
  deviceRenamed: fc.record({ kind: fc.constant("deviceRenamed"), name: anyName }),
  deviceRevoked: fc.record({ kind: fc.constant("deviceRevoked"), name: anyName }),
  deviceMoved: fc.record(
    {
      kind: fc.constant("deviceMoved"),
      name: anyName,
      why: fc.constantFrom(...moveCauses),
      keepsKey: fc.boolean(),
      until: anyMoment,
    },
    { requiredKeys: ["kind", "name", "why", "keepsKey"] },
  ),
  noHostFree: fc.record(
    { kind: fc.constant("noHostFree"), location: anyLocation },
    { requiredKeys: ["kind"] },
  ),
  locationPicked: fc.record(
    {
      kind: fc.constant("locationPicked"),
      outcome: fc.constantFrom("notOffered", "waits", "same", "stays", "limit", "noRoom", "moving"),
      name: anyName,
      location: anyLocation,
      mostMoves: fc.nat(100),
    },
    { requiredKeys: ["kind", "outcome", "name"] },
  ),
  keyReplaced: fc.record({ kind: fc.constant("keyReplaced"), name: anyName }),
  deviceUnknown: fc.constant({ kind: "deviceUnknown" }),
};
