import { expect } from "vitest";
import { stateAt, type SubscriptionState } from "../../domain/access/subscription.ts";
import { bytesInGb } from "../../domain/payments/plan-values.ts";
import { instant } from "../../domain/time.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import type { TestApp } from "./test-app.ts";

interface AccessRow {
  readonly paid_until: string | null;
  readonly grace_ms: string;
  readonly status: string;
  readonly revoked: boolean;
  readonly suspended: boolean;
  readonly exhausted: boolean | null;
}

/** The state of a person's subscription by the books, at the reconcilers' time. */
export async function stateOf(
  app: TestApp,
  { id }: Person,
): Promise<SubscriptionState | undefined> {
  const [row] = await app.rows<AccessRow>(
    `select s.paid_until, s.grace_ms, c.status, s.revoked_at is not null as revoked,
            c.suspended_at is not null as suspended,
            s.moved_bytes - s.traffic_base_bytes >= s.traffic_limit_bytes
              and coalesce(s.traffic_period_ends_at > ?, true) as exhausted
       from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [app.now().toISOString(), id],
  );
  if (row === undefined) return undefined;
  const facts = {
    paidUntil: row.paid_until === null ? undefined : instant(new Date(row.paid_until)),
    graceMs: Number(row.grace_ms),
    blocked: row.status === "blocked",
    revoked: row.revoked,
    suspended: row.suspended,
    exhausted: row.exhausted ?? false,
  };
  return stateAt(facts, instant(app.now()));
}

/** A person's limit, and what had been moved when it began, in gigabytes. */
export async function trafficOf(app: TestApp, { id }: Person) {
  const [row] = await app.rows<{ limit: number; base: number }>(
    `select s.traffic_limit_bytes / ?::float8 as limit, s.traffic_base_bytes / ?::float8 as base
       from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [bytesInGb, bytesInGb, id],
  );
  return row;
}

/** The identities of all keys that a person has ever had, the oldest first. */
export async function identitiesOf(app: TestApp, { id }: Person): Promise<string[]> {
  const rows = await app.rows<{ identity: string }>(
    `select a.identity from accesses a join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ? order by a.created_at, a.id`,
    [id],
  );
  return rows.map(({ identity }) => identity);
}

/** The peers on a host that belong to this person. */
export async function peersOf(
  app: TestApp,
  person: Person,
  host: Pick<VpnHost, "list"> = app.host,
): Promise<string[]> {
  const there = new Set((await host.list()).peers.map(({ identity }) => identity));
  return (await identitiesOf(app, person)).filter((identity) => there.has(identity));
}

/** Waits until the books have this state and the app's own host this many of the person's peers. */
export const waitForState = (
  app: TestApp,
  person: Person,
  state: SubscriptionState,
  peers: number,
) =>
  eventually(async () => {
    expect(await stateOf(app, person)).toBe(state);
    expect(await peersOf(app, person)).toHaveLength(peers);
  });

/**
 * An admin revokes a person's access, with a modified client that skips the question
 * whether they are sure.
 */
export async function revoke(admin: Person, { id }: Person): Promise<void> {
  await admin.send(`/find ${id}`);
  const { messageId } = await admin.button(new RegExp(`^sure-block:${id}$`, "u"));
  await admin.forgePress(messageId, `act:revoke:${id}`);
}

/** Whether operators see that a workflow needs a human. */
export async function needsHuman(app: TestApp, workflowId: string): Promise<boolean | undefined> {
  const described = await app.client.workflow.getHandle(workflowId).describe();
  return described.typedSearchAttributes.get(searchAttributes.needsHuman);
}

/** The same for the reconciler of the app's own host. */
export const hostNeedsHuman = (app: TestApp) => needsHuman(app, workflowIds.host(app.hostId));
