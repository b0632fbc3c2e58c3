import * as z from "zod";
import { Refusal } from "../panel-kit/refusal.ts";
import type { Device, User } from "./user.ts";

/** The panel's settings of devices, as `PUT /control/hwid` takes them. */
export const hwidSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** Whether apps without a name of their device are turned away. */
  forced: z.boolean().default(false),
  /** Whether that holds for links with a format, too. */
  require_hwid_for_manual_sub: z.boolean().default(false),
  /** The limit of users who have none. */
  fallback_limit: z.int().nonnegative().nullable().default(null),
});

/** The settings in force. */
export type HwidSettings = z.output<typeof hwidSettings>;

/** What an app tells of its device when it fetches a subscription. */
export interface DeviceClaims {
  readonly hwid: string | undefined;
  readonly device_os: string | null;
  readonly os_version: string | null;
  readonly device_model: string | null;
}

/** The limit of a user: their own, or the settings'. */
export const limitOf = (limit: number | null, settings: HwidSettings): number | null =>
  limit ?? (settings.enabled ? settings.fallback_limit : null);

/**
 * The devices of a user after a fetch. A known device is let in whatever the limit is, a new one if
 * there is room, and an app that names none unless names are forced. A limit of 0 asks for nothing
 * and keeps nothing.
 * @throws Refusal 403.
 */
export function registerDevice(
  user: User,
  claims: DeviceClaims,
  settings: HwidSettings,
  { isManual, id, nowMs }: { isManual: boolean; id: () => number; nowMs: number },
): readonly Device[] {
  const { devices, hwid_limit } = user;
  if (!settings.enabled || hwid_limit === 0) return devices;
  const { hwid, ...about } = claims;
  if (!hwid) {
    const isForced = settings.forced && (!isManual || settings.require_hwid_for_manual_sub);
    if (isForced) throw new Refusal(403, "HWID header required");
    return devices;
  }
  if (devices.some((device) => device.hwid === hwid)) {
    return devices.map((one) => (one.hwid === hwid ? { ...one, lastUsedMs: nowMs } : one));
  }
  const limit = limitOf(hwid_limit, settings) ?? 0;
  if (limit > 0 && devices.length >= limit) throw new Refusal(403, "Device limit reached");
  return [...devices, { id: id(), hwid, ...about, createdMs: nowMs, lastUsedMs: nowMs }];
}
