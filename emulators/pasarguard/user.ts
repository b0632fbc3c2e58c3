import { type PanelUser, type Status, withReset as resetTraffic } from "../panel-kit/user.ts";

/** What a user enters with, for every protocol, whether its inbounds are open to them or not. */
export interface ProxySettings {
  readonly vmess: { readonly id: string };
  readonly vless: { readonly id: string };
  readonly trojan: { readonly password: string };
  readonly shadowsocks: { readonly password: string; readonly method: string };
  readonly wireguard: {
    readonly private_key: string | null;
    readonly public_key: string | null;
    readonly peer_ips: readonly string[];
  };
  readonly hysteria: { readonly auth: string };
}

/** What a user becomes once its limit or time is over. */
export interface NextPlan {
  readonly user_template_id: number | null;
  readonly data_limit: number;
  /** Seconds from then on; null: without an end. */
  readonly expire: number | null;
  readonly add_remaining_traffic: boolean;
}

/** An app that has fetched the subscription under its own name. */
export interface Device {
  readonly id: number;
  readonly hwid: string;
  readonly device_os: string | null;
  readonly os_version: string | null;
  readonly device_model: string | null;
  readonly createdMs: number;
  readonly lastUsedMs: number;
}

/** A user as the database has it. A limit of 0 limits nothing, and a reset keeps the history. */
export interface User extends PanelUser {
  /** Milliseconds since 1970; null: never. */
  readonly expireMs: number | null;
  /** The number of the administrator whose user it is. */
  readonly adminId: number | null;
  readonly proxy_settings: ProxySettings;
  readonly group_ids: readonly number[];
  /** How many devices may fetch the subscription; null: as the settings say; 0: any number. */
  readonly hwid_limit: number | null;
  readonly next_plan: NextPlan | null;
  readonly devices: readonly Device[];
}

/** Begins the used traffic anew and keeps what it was; a next plan is gone. */
export const withReset = (user: User, nowMs: number): User => ({
  ...resetTraffic(user, nowMs),
  next_plan: null,
});

/** Whether the limit is used up. */
export const isOverLimit = ({ data_limit, used_traffic }: User): boolean =>
  data_limit !== null && data_limit > 0 && used_traffic >= data_limit;

/** Whether the time is over. */
export const isOverTime = ({ expireMs }: User, nowMs: number): boolean =>
  expireMs !== null && expireMs <= nowMs;

/** What a disabled user becomes when they are enabled; who was ever on hold is so again. */
export function enabledStatus(user: User, nowMs: number): Status {
  if (isOverTime(user, nowMs)) return "expired";
  if (isOverLimit(user)) return "limited";
  return user.on_hold_expire_duration === null ? "active" : "on_hold";
}
