import type { AccessTerms } from "../../../domain/access/host.ts";
import type { Instant } from "../../../domain/time.ts";
import type { HostDescription } from "../port.ts";
import type { UserSecrets } from "./derived-secrets.ts";

/** A user as the books want it. */
export interface WantedUser {
  readonly name: string;
  readonly terms: AccessTerms;
  /** The note, with the mark that makes it ours. */
  readonly note: string;
  /** For a user who is made; one whom others have made keeps their own. */
  readonly secrets: UserSecrets;
  /** Others have made this user, whose keys and link stay as they are. */
  readonly keepsKeys: boolean;
}

/** A user that a panel has. */
export interface FoundUser {
  readonly name: string;
  /** By which the panel's calls name it. */
  readonly key: string;
  /** Changes when the user was made again. */
  readonly epoch: string;
  /** As the panel says; it may lag behind its own numbers. */
  readonly state: "active" | "limited" | "expired" | "disabled" | "other";
  readonly terms: AccessTerms;
  readonly uploadedBytes: number;
  /** Where up and down are one number, all of it. */
  readonly downloadedBytes: number;
  readonly lastSeenAt: Instant | undefined;
  readonly note: string;
  /** Whose it is, where the panel has a field for it. */
  readonly telegramId?: number | undefined;
  /** What of its servers differs from the settings, in words for operators; undefined: nothing. */
  readonly fault: string | undefined;
  /** From where its apps fetch their servers; undefined: the panel did not say here. */
  readonly url: string | undefined;
}

/** A user of this name exists already, found out when it was to be made. */
export class UserExists extends Error {
  override readonly name = "UserExists";
}

/**
 * The calls of one kind of panel. Each method is one step in the panel's own terms, throws `Refused`
 * where the panel says no to it and would again, and any other Error where it is not known whether
 * the panel has done it.
 */
export interface Panel {
  /** How many users are written side by side. */
  readonly concurrency: number;
  /** Whether it limits how many devices use one user's servers. */
  readonly limitsDevices: boolean;
  /** The user of this name, whoever made them. */
  find(name: string): Promise<FoundUser | undefined>;
  /** @throws UserExists */
  create(user: WantedUser): Promise<FoundUser>;
  /** Makes the user exactly so and lets them in, from whatever state. */
  update(found: FoundUser, user: WantedUser): Promise<FoundUser>;
  /** Lets nobody in, and keeps the user with its links and counters. */
  disable(found: FoundUser): Promise<void>;
  /** Deletes the user; one that is gone is done. */
  delete(found: FoundUser): Promise<void>;
  /** From where we fetch what a user's link leads to: below the address in our settings. */
  sourceOf(link: string): string;
  /** All users that our account sees, page by page. */
  list(): AsyncIterable<readonly FoundUser[]>;
  /** @throws Refused when this version is not supported. */
  describe(): Promise<HostDescription>;
}
