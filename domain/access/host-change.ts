import type { Instant } from "../time.ts";
import type { GiveBackRef, MaintenanceTexts } from "./maintenance.ts";
import type { HostMigrationRef } from "./host-migration.ts";
import type { HostId, TelegramId } from "../ids.ts";
import type { LocationCode } from "./location.ts";
import type { operator } from "../operations/shop-change.ts";

/**
 * A change of one host. Settings hold secrets: they are JSON that the entry point has sealed for the
 * workers, with the id of the request.
 */
export type HostChange =
  | {
      readonly kind: "add";
      readonly name: string;
      readonly capacity: number;
      readonly weight: number;
      readonly settings: string;
    }
  | {
      readonly kind: "edit";
      readonly hostId: HostId;
      readonly capacity?: number;
      readonly weight?: number;
      /** Null: in no location. */
      readonly location?: LocationCode | null;
      /** What changes of the settings, as a JSON merge patch (RFC 7396); sealed. */
      readonly settings?: string;
      /** The settings are not a patch, but all of them. */
      readonly isWhole?: true;
    }
  | {
      /** All devices move to other hosts, and it takes no new ones. */
      readonly kind: "migrate";
      readonly hostId: HostId;
      /** Undefined: to any with room. */
      readonly to?: HostId;
      /** Devices; undefined: the usual rate. */
      readonly ratePerMinute?: number;
    }
  /** `abortMigration`: no more devices move; `lose`: it is gone for good, and all move at once. */
  | { readonly kind: "abortMigration" | "lose"; readonly hostId: HostId }
  | {
      /** It is worked on: its customers are told so, and it takes no new devices. */
      readonly kind: "beginMaintenance";
      readonly hostId: HostId;
      /** Where it lasts already: what is given replaces what its customers are told. */
      readonly texts: MaintenanceTexts;
      readonly until?: Instant;
    }
  | { readonly kind: "endMaintenance"; readonly hostId: HostId }
  /** All its customers get the time back that this maintenance has cost them. */
  | { readonly kind: "giveBack"; readonly hostId: HostId; readonly maintenanceId: string }
  | {
      /**
       * `drain`: no new devices; `resume`: open again; `remove`: closed, its settings are deleted.
       */
      readonly kind: "drain" | "resume" | "remove";
      readonly hostId: HostId;
    };

/** An admin's or the operator's command to change a host. */
export interface HostChangeRequest {
  /** Derived at the entry point from what carried the command: a repeat is the same change. */
  readonly requestId: string;
  readonly by: TelegramId | typeof operator;
  readonly change: HostChange;
}

/** What a change of a host came to. */
export type HostChangeResult =
  | {
      readonly kind: "changed";
      readonly hostId: HostId;
      /** What customers lose with these settings although they work, in words for operators. */
      readonly warnings: readonly string[];
      /** What moves its devices. */
      readonly migration?: HostMigrationRef;
      /** What gives time back. */
      readonly giveBack?: GiveBackRef;
    }
  /** It was so already. */
  | {
      readonly kind: "same";
      readonly hostId: HostId;
      readonly migration?: HostMigrationRef;
      readonly giveBack?: GiveBackRef;
    }
  | {
      readonly kind: "refused";
      readonly why: HostRefusal;
      /** Where the settings are wrong, without any value of them. */
      readonly problems?: readonly string[];
      /** How many accesses are on the host. */
      readonly accesses?: number;
    };

/** Why a change of a host is refused. */
export type HostRefusal =
  | "notAdmin"
  | "noHost"
  | "noLocation"
  /** Another host, with other settings, has the name. */
  | "nameTaken"
  | "badValue"
  /** The settings were sealed with a key that the workers do not have. */
  | "unreadable"
  | "hasAccesses"
  /** Its devices are moving away: that is aborted first. */
  | "migrating"
  | "noMigration"
  /** It is in none, or the one that is meant is not over. */
  | "noMaintenance"
  /** There is no such host that takes devices, or it is the same one. */
  | "noTarget"
  /** `problems` names the field by which its accesses know the host. */
  | "identityChanged"
  /** Its secret would go to another address than the one that it was given for. */
  | "secretNeeded"
  /** A command on the workers' machine comes from a file on that machine alone. */
  | "localCommand";

/** A host's settings as far as a change of them is judged. */
export type SettingsFields = Readonly<Record<string, unknown>>;

/** What accesses on a host depend on: their addresses, or the marks of a panel's users. */
const identityFields = ["kind", "network", "serverAddress", "shop"] as const;

/** The first field by which the accesses on a host know it, and that a change would alter. */
export const changedIdentity = (
  before: SettingsFields,
  after: SettingsFields,
): string | undefined =>
  identityFields.find((field) => before[field] !== after[field]) ??
  // A host may get IPv6 while it has accesses: they are given addresses of it.
  (before["network6"] !== undefined && before["network6"] !== after["network6"]
    ? "network6"
    : undefined);

const secretFields = ["password", "token", "apiKey"];

/**
 * Whether a change sends a panel's stored secret to another address: whoever can change the address
 * alone could read the secret there.
 */
export const needsSecret = (
  before: SettingsFields,
  patch: SettingsFields,
  after: SettingsFields,
): boolean =>
  before["url"] !== undefined &&
  before["url"] !== after["url"] &&
  !secretFields.some((field) => field in patch);

/** Whether new settings make the workers run a command on their own machine. */
export const runsNewCommand = (before: SettingsFields, after: SettingsFields): boolean => {
  const via = after["via"] as { readonly type?: unknown } | undefined;
  return via?.type === "cli" && JSON.stringify(before["via"]) !== JSON.stringify(via);
};

/**
 * Settings with a change made to them: a JSON merge patch (RFC 7396), in which null takes a field
 * away. Of another kind of host the change is the whole.
 */
export function patchSettings(before: SettingsFields, patch: SettingsFields): SettingsFields {
  const isOther = patch["kind"] !== undefined && patch["kind"] !== before["kind"];
  return mergePatch(isOther ? {} : before, patch) as SettingsFields;
}

const isFields = (value: unknown): value is SettingsFields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = new Map(Object.entries(isFields(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
