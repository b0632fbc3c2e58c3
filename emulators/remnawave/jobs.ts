import type { Table } from "../kit/journal.ts";
import { anyMoment, atSeconds, atTimeOfDay } from "../kit/moments.ts";
import type { Job } from "../kit/virtual-clock.ts";
import type { UserEvent } from "./events.ts";
import { type Node, nodeUuid } from "./node.ts";
import type { ResetPeriod, Status, User, Users } from "./users.ts";

/** What the jobs work on. */
export interface JobsParts {
  readonly users: Users;
  readonly node: Node;
  /** Bytes that the node has counted and the panel has not read, by the user's id. */
  readonly usage: Table<number>;
  readonly announce: (event: UserEvent, user: User) => void;
  readonly now: () => number;
  readonly restartNodesAt: number;
  readonly ignoreUsageBelow: number;
}

const mondays = (day: Date): boolean => day.getUTCDay() === 1;
const firsts = (day: Date): boolean => day.getUTCDate() === 1;

/** What the panel does by itself, at the moments of its own schedule; days are those of UTC. */
export const createJobs = (parts: JobsParts): readonly Job[] => [
  parts.node.job,
  readUsage(parts),
  review(parts, atSeconds(0, 45), "user.limited", {
    now: "LIMITED",
    concerns: (user) => {
      const { status, trafficLimitBytes: limit, used } = user;
      return status === "ACTIVE" && limit !== 0 && used >= limit ? parts.now() : undefined;
    },
  }),
  review(parts, atSeconds(0, 30), "user.expired", {
    now: "EXPIRED",
    touches: true,
    concerns: ({ status, expireAt }) => {
      return status === "ACTIVE" || status === "LIMITED" ? expireAt + 1 : undefined;
    },
  }),
  resetTraffic(parts, "DAY", atTimeOfDay(0, 5)),
  resetTraffic(parts, "MONTH_ROLLING", atTimeOfDay(0, 10)),
  resetTraffic(parts, "WEEK", atTimeOfDay(0, 15, mondays)),
  resetTraffic(parts, "MONTH", atTimeOfDay(0, 20, firsts)),
];

/** Each 15 seconds. The first traffic of a user is an event. */
function readUsage({ users, usage, announce, now, ignoreUsageBelow }: JobsParts): Job {
  return {
    nextAfter: atSeconds(0, 15, 30, 45),
    pendingSince: () => (usage.size > 0 ? now() : undefined),
    run: () => {
      for (const [key, bytes] of usage.entries()) {
        usage.delete(key);
        const user = users.find({ id: Number(key) });
        if (user === undefined || bytes < ignoreUsageBelow) continue;
        const counted = users.change(user, {
          used: user.used + bytes,
          lifetime: user.lifetime + bytes,
          onlineAt: now(),
          firstConnectedAt: user.firstConnectedAt ?? now(),
          lastConnectedNodeUuid: nodeUuid,
        });
        if (user.firstConnectedAt === null) announce("user.first_connected", counted);
      }
    },
  };
}

interface Review {
  readonly now: Status;
  /** Whether it changes `updatedAt`, too. */
  readonly touches?: boolean;
  /** From when it concerns a user; undefined: never. */
  readonly concerns: (user: User) => number | undefined;
}

/** Changes the status of whom it concerns, and takes them off the node. */
function review(
  { users, node, announce, now, restartNodesAt }: JobsParts,
  nextAfter: Job["nextAfter"],
  event: UserEvent,
  { now: status, touches = false, concerns }: Review,
): Job {
  const due = () => users.list().filter((user) => (concerns(user) ?? Infinity) <= now());
  return {
    nextAfter,
    pendingSince: () => {
      const first = users.list().reduce((min, user) => {
        return Math.min(min, concerns(user) ?? Infinity);
      }, Infinity);
      return first === Infinity ? undefined : first;
    },
    run: () => {
      const updated = touches ? { updatedAt: now() } : {};
      const changed = due().map((user) => users.change(user, { status, ...updated }));
      if (changed.length >= restartNodesAt) return node.restart();
      for (const user of changed) {
        announce(event, user);
        node.remove(user);
      }
    },
  };
}

/** Used traffic returns to zero; whoever was limited is active again. */
function resetTraffic(
  { users, node, announce, now }: JobsParts,
  period: ResetPeriod,
  nextAfter: Job["nextAfter"],
): Job {
  const members = () => users.list().filter((user) => user.trafficLimitStrategy === period);
  const isDue = (user: User) => period !== "MONTH_ROLLING" || isMonthlyDay(user, now());
  return {
    nextAfter,
    pendingSince: () => (members().length > 0 ? now() : undefined),
    run: () => {
      for (const user of members().filter(isDue)) {
        const changes = { used: 0, lastTrafficResetAt: now(), lastTriggeredThreshold: 0 };
        const isLimited = user.status === "LIMITED";
        const status = isLimited ? "ACTIVE" : user.status;
        const reset = users.change(user, { ...changes, status });
        if (!isLimited) continue;
        announce("user.enabled", reset);
        node.add(reset);
      }
    },
  };
}

/** The day of the month on which a user was made, at the latest its last; not in the first month. */
function isMonthlyDay({ createdAt }: User, nowMs: number): boolean {
  const today = new Date(nowMs);
  const created = new Date(createdAt);
  const lastDay = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 0));
  const day = Math.min(created.getUTCDate(), lastDay.getUTCDate());
  const months =
    (today.getUTCFullYear() - created.getUTCFullYear()) * 12 +
    (today.getUTCMonth() - created.getUTCMonth());
  return months >= 1 && today.getUTCDate() === day;
}

/** Bulk requests that wait in a queue. */
export interface QueuedTask {
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly kind: "update" | "reset-traffic" | "revoke";
  readonly userId: number;
  readonly fields?: unknown;
}

/** Carries out what waits, one user after the other; what fails is passed over. */
export const runQueue = (
  tasks: Table<QueuedTask>,
  now: () => number,
  carryOut: (task: QueuedTask) => void,
): Job => ({
  nextAfter: anyMoment,
  pendingSince: () => {
    return tasks.size === 0
      ? undefined
      : Math.min(...[...tasks.values()].map(({ dueAt }) => dueAt));
  },
  run: () => {
    for (const [key, task] of tasks.entries()) {
      if (task.dueAt > now()) continue;
      tasks.delete(key);
      carryOut(task);
    }
  },
});
