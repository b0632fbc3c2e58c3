// The buttons of the pages on which admins see and change hosts.
import { type HostId, hostId, isUuid } from "../domain/ids.ts";
import {
  button,
  type ButtonPart,
  markPart,
  optional,
  pagePart,
} from "../domain/messaging/buttons.ts";

/** A host's id; read as undefined where 36 characters of its alphabet are not a uuid. */
export const hostIdPart: ButtonPart<HostId, HostId | undefined> = {
  pattern: /[0-9a-f-]{36}/u,
  write: (id) => id,
  read: (text) => (isUuid(text) ? hostId(text) : undefined),
};

const maintenanceIdPart: ButtonPart<string, string | undefined> = {
  pattern: /[0-9a-f-]{36}/u,
  write: (id) => id,
  read: (text) => (isUuid(text) ? text : undefined),
};

const ofHost = { id: hostIdPart };
const once = { ...ofHost, mark: markPart };

/** All hosts. */
export const hostsButton = button("hosts", { page: optional(pagePart) });
/** One host. */
export const hostButton = button("host", ofHost);
/** Asks it what is wrong with it. */
export const testHostButton = button("host-test", once);
/** It takes no new devices from then on. */
export const drainHostButton = button("host-drain", once);
/** It takes new devices again. */
export const resumeHostButton = button("host-resume", once);
/** How far the devices are that move away from it. */
export const migrationButton = button("host-migration", ofHost);
/** Says what moving everybody away does. */
export const sureMigrateHostButton = button("host-migrate-sure", ofHost);
/** Moves everybody away. */
export const migrateHostButton = button("host-migrate", once);
/** Moves nobody else. */
export const abortMigrationButton = button("host-migrate-stop", once);
/** Says what giving it up does. */
export const sureLoseHostButton = button("host-lose-sure", ofHost);
/** Gives it up for good. */
export const loseHostButton = button("host-lose", once);
/** Its maintenance. */
export const maintenanceButton = button("host-maint", ofHost);
/** Begins one. */
export const beginMaintenanceButton = button("host-maint-begin", once);
/** Ends it. */
export const endMaintenanceButton = button("host-maint-end", once);
/** Gives back the time that this one has cost. */
export const giveBackButton = button("host-give-back", { id: maintenanceIdPart, mark: markPart });
/** Says what removing it does. */
export const sureRemoveHostButton = button("host-sure", ofHost);
/** Removes it. */
export const removeHostButton = button("host-remove", once);
