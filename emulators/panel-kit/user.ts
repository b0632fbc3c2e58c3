/** The states of a user. */
export const statuses = ["active", "disabled", "limited", "expired", "on_hold"] as const;
/** One of them. */
export type Status = (typeof statuses)[number];

/** When the used traffic begins anew. */
export const strategies = ["no_reset", "day", "week", "month", "year"] as const;
/** One of these rhythms. */
export type Strategy = (typeof strategies)[number];

/** What both panels keep of a user. Times that end in `Ms` are milliseconds since 1970. */
export interface PanelUser {
  readonly id: number;
  readonly username: string;
  readonly status: Status;
  readonly used_traffic: number;
  /** Bytes; null: no limit. */
  readonly data_limit: number | null;
  readonly data_limit_reset_strategy: Strategy;
  readonly note: string | null;
  readonly on_hold_expire_duration: number | null;
  readonly onHoldTimeoutMs: number | null;
  readonly auto_delete_in_days: number | null;
  readonly createdMs: number;
  readonly editedMs: number | null;
  readonly onlineMs: number | null;
  readonly statusChangedMs: number;
  readonly subRevokedMs: number | null;
  /** The used traffic at each reset. */
  readonly resets: readonly { readonly used: number; readonly atMs: number }[];
  /** The traffic by hour, for the history. */
  readonly hours: readonly { readonly hourMs: number; readonly used: number }[];
  /** What webhooks have already told, such as `percent 80`. */
  readonly reminders: readonly string[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const strategyDays: Readonly<Record<Strategy, number>> = {
  no_reset: Infinity,
  day: 1,
  week: 7,
  month: 30,
  year: 365,
};

/** Whether the node lets a user in, as far as the panel is concerned. */
export const mayEnter = ({ status }: PanelUser): boolean =>
  status === "active" || status === "on_hold";

/** Traffic since the beginning, resets included. */
export const lifetimeOf = ({ resets, used_traffic }: PanelUser): number =>
  resets.reduce((sum, { used }) => sum + used, used_traffic);

/** A user who has moved some bytes more. */
export function withTraffic<User extends PanelUser>(
  user: User,
  bytes: number,
  nowMs: number,
): User {
  const hour = Math.floor(nowMs / hourMs) * hourMs;
  const earlier = user.hours.find((one) => one.hourMs === hour)?.used ?? 0;
  const others = user.hours.filter((one) => one.hourMs !== hour);
  const hours = [...others, { hourMs: hour, used: earlier + bytes }];
  return { ...user, used_traffic: user.used_traffic + bytes, onlineMs: nowMs, hours };
}

/** Begins the used traffic anew and keeps what it was. */
export const withReset = <User extends PanelUser>(user: User, nowMs: number): User => ({
  ...user,
  resets: [...user.resets, { used: user.used_traffic, atMs: nowMs }],
  used_traffic: 0,
});

/** When the strategy begins the used traffic anew. */
export function resetDueMs({ resets, createdMs, data_limit_reset_strategy }: PanelUser): number {
  const lastMs = resets.at(-1)?.atMs ?? createdMs;
  return lastMs + strategyDays[data_limit_reset_strategy] * dayMs;
}

/** When an expired user is deleted. */
export function deletionDueMs({ auto_delete_in_days, statusChangedMs }: PanelUser): number {
  const days = auto_delete_in_days ?? -1;
  return days < 0 ? Infinity : statusChangedMs + days * dayMs;
}

/** How many days before an end webhooks may tell of it. */
const longestNotice = 4;

/** The moments at which time alone may change a user whose time is over then. */
export function momentsOf(user: PanelUser, expireMs: number | null): readonly number[] {
  const moments: number[] = [
    user.onHoldTimeoutMs ?? Infinity,
    resetDueMs(user),
    deletionDueMs(user),
  ];
  if (expireMs === null) return moments;
  moments.push(expireMs);
  // The day before has begun a moment after it.
  for (let days = 1; days <= longestNotice; days += 1) moments.push(expireMs - days * dayMs + 1);
  return moments;
}
