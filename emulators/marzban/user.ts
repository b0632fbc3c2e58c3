import type { Credential, Protocol } from "../panel-kit/inbounds.ts";
import { type PanelUser, withReset as resetTraffic } from "../panel-kit/user.ts";

/** A protocol of a user, with its credential and the inbounds that are closed to them. */
export interface Proxy {
  readonly type: Protocol;
  readonly settings: Credential;
  readonly excluded: readonly string[];
}

/** What a user becomes once its limit or time is over. */
export interface NextPlan {
  readonly data_limit: number;
  readonly expire: number | null;
  readonly add_remaining_traffic: boolean;
  readonly fire_on_either: boolean;
}

/** A user as the database has it. */
export interface User extends PanelUser {
  /** Seconds since 1970; null: never. */
  readonly expire: number | null;
  /** The name of the administrator whose user it is. */
  readonly admin: string | null;
  readonly proxies: readonly Proxy[];
  readonly next_plan: NextPlan | null;
  /** Milliseconds since 1970. */
  readonly subUpdatedMs: number | null;
  readonly subUserAgent: string | null;
}

/** The name of a user in the core. */
export const coreNameOf = ({ id, username }: User): string => `${id}.${username}`;

/** Begins the used traffic anew and keeps what it was, without its history. */
export const withReset = (user: User, nowMs: number): User => ({
  ...resetTraffic(user, nowMs),
  hours: [],
});
