import type { Job } from "../kit/virtual-clock.ts";
import type { PanelCore } from "../panel-kit/core.ts";
import { JobMaker } from "../panel-kit/jobs.ts";
import type { NamedRows } from "../panel-kit/named-rows.ts";
import type { PanelNode } from "../panel-kit/node.ts";
import { deletionDueMs, momentsOf, resetDueMs, type Status } from "../panel-kit/user.ts";
import { startNextPlan } from "./changes.ts";
import type { Events } from "./events.ts";
import type { Settings } from "./options.ts";
import { isOverLimit, isOverTime, type User, withReset } from "./user.ts";

const dayMs = 86_400_000;

/** What the jobs need of their panel. */
export interface Reviewed {
  readonly options: Settings;
  readonly core: PanelCore;
  readonly users: NamedRows<User>;
  readonly node: PanelNode;
  readonly events: Events;
  viewListed(user: User): Record<string, unknown>;
  tellNode(user: User): void;
  addTraffic(user: User, bytes: number, nowMs: number): void;
}

/** The panel's jobs, each at its own pace. */
export function jobsOf(panel: Reviewed): readonly Job[] {
  const { core, node, events, options } = panel;
  const moments = () => panel.users.list().flatMap((user) => momentsOf(user, user.expireMs));
  const make = new JobMaker({ core, node, batches: events.batches, moments });
  return [
    make.usage({ everyMs: options.usageMs, run: (nowMs) => recordUsage(panel, nowMs) }),
    make.review({ everyMs: options.reviewMs, run: (nowMs) => review(panel, nowMs) }),
    make.review({ everyMs: 600_000, run: (nowMs) => resetByStrategy(panel, nowMs) }),
    make.review({ everyMs: 3_600_000, run: (nowMs) => deleteExpired(panel, nowMs) }),
    make.webhooks(options.webhookMs),
  ];
}

/** With the switch nothing is recorded; what the node counted meanwhile is lost. */
function recordUsage(panel: Reviewed, nowMs: number): void {
  const counted = panel.node.readCounters();
  if (panel.core.isOn("usage_frozen")) return;
  for (const user of panel.users.list()) {
    const bytes = counted.get(String(user.id));
    if (bytes !== undefined) panel.addTraffic(user, bytes, nowMs);
  }
}

function review(panel: Reviewed, nowMs: number): void {
  for (const user of panel.users.list()) {
    if (user.status === "active") reviewActive(panel, user, nowMs);
    else if (user.status === "on_hold") reviewOnHold(panel, user, nowMs);
  }
}

function reviewActive(panel: Reviewed, user: User, nowMs: number): void {
  if (isOverTime(user, nowMs)) end(panel, user, "expired", nowMs);
  else if (isOverLimit(user)) end(panel, user, "limited", nowMs);
  else if (panel.events.areSent) remind(panel, user, nowMs);
}

/** The end of a limit or a time, or the beginning of the next plan. */
function end(panel: Reviewed, user: User, status: Status, nowMs: number): void {
  if (user.next_plan !== null) {
    const renewed = panel.users.save(startNextPlan(user, nowMs));
    panel.tellNode(renewed);
    panel.events.tell("data_usage_reset", panel.viewListed(renewed));
    return;
  }
  changeStatus(panel, { ...user, status }, nowMs);
}

function changeStatus(panel: Reviewed, user: User, nowMs: number): void {
  const changed = panel.users.save({ ...user, statusChangedMs: nowMs });
  panel.tellNode(changed);
  panel.events.tellStatus(changed.status, panel.viewListed(changed));
}

/** The first traffic starts the time, and replaces an end that was set before. */
function reviewOnHold(panel: Reviewed, user: User, nowMs: number): void {
  const { onlineMs, editedMs, createdMs, onHoldTimeoutMs, on_hold_expire_duration } = user;
  const isOnline = onlineMs !== null && onlineMs >= (editedMs ?? createdMs);
  const isWaitedOut = onlineMs === null && onHoldTimeoutMs !== null && onHoldTimeoutMs <= nowMs;
  if (!isOnline && !isWaitedOut) return;
  const seconds = on_hold_expire_duration ?? 0;
  const started = { ...user, status: "active" as const, onHoldTimeoutMs: null };
  const expireMs = seconds > 0 ? nowMs + seconds * 1_000 : null;
  changeStatus(panel, { ...started, expireMs, on_hold_expire_duration: null }, nowMs);
}

/** Tells once of 80 % of a limit, and of the day three days before an end. */
function remind(panel: Reviewed, user: User, nowMs: number): void {
  const { data_limit, used_traffic, expireMs } = user;
  let reminders = user.reminders;
  const percent = data_limit ? (used_traffic * 100) / data_limit : 0;
  if (percent >= 80 && !reminders.includes("percent 80")) {
    const measure = { used_percent: percent };
    panel.events.remind("reached_usage_percent", panel.viewListed(user), measure);
    reminders = [...reminders, "percent 80"];
  }
  const days = expireMs === null ? undefined : Math.floor((expireMs - nowMs) / dayMs);
  if (days === 3 && !reminders.includes("days 3")) {
    panel.events.remind("reached_days_left", panel.viewListed(user), { days_left: days });
    reminders = [...reminders, "days 3"];
  }
  if (reminders !== user.reminders) panel.users.save({ ...user, reminders });
}

function resetByStrategy(panel: Reviewed, nowMs: number): void {
  for (const user of panel.users.list()) {
    if (user.status !== "active" && user.status !== "limited") continue;
    if (nowMs < resetDueMs(user)) continue;
    panel.tellNode(panel.users.save({ ...withReset(user, nowMs), status: "active" }));
  }
}

function deleteExpired(panel: Reviewed, nowMs: number): void {
  for (const user of panel.users.list()) {
    if (user.status !== "expired" || nowMs < deletionDueMs(user)) continue;
    panel.users.remove(user);
    panel.events.tell("user_deleted", panel.viewListed(user));
  }
}
