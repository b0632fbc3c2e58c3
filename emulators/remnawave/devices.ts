import type { Table } from "../kit/journal.ts";
import type { DeviceEvent } from "./events.ts";
import { CodedRefusal } from "./refusal.ts";
import type { User } from "./users.ts";
import { iso } from "./wire.ts";

/** A device that has fetched a subscription. */
export interface Device {
  readonly userId: number;
  readonly hwid: string;
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly deviceModel: string | null;
  readonly userAgent: string | null;
  readonly requestIp: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a device says of itself. */
export type DeviceFields = Pick<Device, "hwid"> &
  Partial<Record<keyof Omit<Device, "userId" | "hwid" | "createdAt" | "updatedAt">, unknown>>;

/** Whether devices are counted, and how many a user without a limit of their own may have. */
export interface HwidSettings {
  readonly enabled: boolean;
  readonly fallbackLimit: number;
}

/** What the devices are made of. */
export interface DevicesParts {
  readonly rows: Table<Device>;
  readonly settings: () => HwidSettings;
  readonly announce: (event: DeviceEvent, user: User, device: Device) => void;
  readonly now: () => number;
}

/** How a fetch of a subscription ended, as its devices are concerned. */
export type Admission = "allowed" | "bypassed" | "not-supported" | "too-many";

/** The devices of users. A lower limit keeps the devices that there are. */
export class Devices {
  readonly #parts: DevicesParts;

  constructor(parts: DevicesParts) {
    this.#parts = parts;
  }

  /** Of one user, oldest first. */
  list({ id }: User): Device[] {
    return [...this.#parts.rows.values()].filter(({ userId }) => userId === id);
  }

  /** Takes note of the device that fetches a subscription. */
  admit(user: User, fields: DeviceFields | undefined): Admission {
    const { enabled, fallbackLimit } = this.#parts.settings();
    const isUnlimited = !enabled || user.hwidDeviceLimit === 0;
    if (fields === undefined) return isUnlimited ? "bypassed" : "not-supported";
    const isKnown = this.#find(user, fields.hwid) !== undefined;
    if (isUnlimited || isKnown) {
      this.#store(user, fields);
      return isUnlimited ? "bypassed" : "allowed";
    }
    const limit = user.hwidDeviceLimit ?? fallbackLimit;
    if (this.list(user).length >= limit) return "too-many";
    this.#parts.announce("user_hwid_devices.added", user, this.#store(user, fields));
    return "allowed";
  }

  /** @throws CodedRefusal A098 for one that is there, A099 at the limit. */
  add(user: User, fields: DeviceFields): void {
    const { enabled, fallbackLimit } = this.#parts.settings();
    if (this.#find(user, fields.hwid) !== undefined) throw new CodedRefusal("A098");
    const limit = user.hwidDeviceLimit ?? fallbackLimit;
    if (enabled && this.list(user).length >= limit) throw new CodedRefusal("A099");
    this.#parts.announce("user_hwid_devices.added", user, this.#store(user, fields));
  }

  /** @throws CodedRefusal A204 where there is no such device. */
  delete(user: User, hwid: string): void {
    const device = this.#find(user, hwid);
    if (device === undefined) throw new CodedRefusal("A204");
    this.#parts.rows.delete(keyOf(user.id, hwid));
    this.#parts.announce("user_hwid_devices.deleted", user, device);
  }

  deleteAll(user: User): void {
    for (const { hwid } of this.list(user)) this.#parts.rows.delete(keyOf(user.id, hwid));
  }

  clear(): void {
    this.#parts.rows.clear();
  }

  #find({ id }: User, hwid: string): Device | undefined {
    return this.#parts.rows.get(keyOf(id, hwid));
  }

  #store(user: User, fields: DeviceFields): Device {
    const { rows, now } = this.#parts;
    const device: Device = {
      userId: user.id,
      hwid: fields.hwid,
      platform: text(fields.platform),
      osVersion: text(fields.osVersion),
      deviceModel: text(fields.deviceModel),
      userAgent: text(fields.userAgent),
      requestIp: text(fields.requestIp),
      createdAt: this.#find(user, fields.hwid)?.createdAt ?? now(),
      updatedAt: now(),
    };
    rows.set(keyOf(user.id, fields.hwid), device);
    return device;
  }
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

const keyOf = (userId: number, hwid: string): string => `${userId} ${hwid}`;

/** A device as the API shows it: 3.x names its user by id, 2.x by uuid. */
export function wireDevice(device: Device, user: User, version: "3" | "2") {
  const { userId, createdAt, updatedAt, requestIp, ...rest } = device;
  const times = { createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
  return version === "3"
    ? { ...rest, userId, requestIp, ...times }
    : { ...rest, userUuid: user.uuid, ...times };
}
