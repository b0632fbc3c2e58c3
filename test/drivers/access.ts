import { expect } from "vitest";
import { stateAt, type SubscriptionState } from "../../domain/access/subscription.ts";
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
  readonly exhausted: boolean | null;
}

/** How a person's subscription stands by the books, on the reconcilers' clock. */
export async function stateOf(
  stage: TestApp,
  { id }: Person,
): Promise<SubscriptionState | undefined> {
  const [row] = await stage.rows<AccessRow>(
    `select s.paid_until, s.grace_ms, c.status, s.revoked_at is not null as revoked,
            s.moved_bytes - s.traffic_base_bytes >= s.traffic_limit_bytes as exhausted
       from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [id],
  );
  if (row === undefined) return undefined;
  const facts = {
    paidUntil: row.paid_until === null ? undefined : instant(new Date(row.paid_until)),
    graceMs: Number(row.grace_ms),
    blocked: row.status === "blocked",
    revoked: row.revoked,
    exhausted: row.exhausted ?? false,
  };
  return stateAt(facts, instant(stage.now()));
}

/** The identities of all keys that a person was ever given, oldest first. */
export async function identitiesOf(stage: TestApp, { id }: Person): Promise<string[]> {
  const rows = await stage.rows<{ identity: string }>(
    `select a.identity from accesses a join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ? order by a.created_at, a.id`,
    [id],
  );
  return rows.map(({ identity }) => identity);
}

/** The peers on a host that are this person's. */
export async function peersOf(
  stage: TestApp,
  person: Person,
  host: Pick<VpnHost, "list"> = stage.host,
): Promise<string[]> {
  const there = new Set((await host.list()).peers.map(({ identity }) => identity));
  return (await identitiesOf(stage, person)).filter((identity) => there.has(identity));
}

/** Whatever is under way comes to rest: the books and the stage's own host say this. */
export const waitForState = (
  stage: TestApp,
  person: Person,
  state: SubscriptionState,
  peers: number,
) =>
  eventually(async () => {
    expect(await stateOf(stage, person)).toBe(state);
    expect(await peersOf(stage, person)).toHaveLength(peers);
  });

/** An admin ends somebody's access for good, as a changed client can without being asked whether they are sure. */
export async function revoke(admin: Person, { id }: Person): Promise<void> {
  await admin.send(`/find ${id}`);
  const { messageId } = await admin.button(new RegExp(`^sure-block:${id}$`, "u"));
  await admin.forgePress(messageId, `act:revoke:${id}`);
}

/** What operators see: whether a workflow needs a person. */
export async function needsHuman(stage: TestApp, workflowId: string): Promise<boolean | undefined> {
  const described = await stage.client.workflow.getHandle(workflowId).describe();
  return described.typedSearchAttributes.get(searchAttributes.needsHuman);
}

/** The same of the reconciler of the stage's own host. */
export const hostNeedsHuman = (stage: TestApp) => needsHuman(stage, workflowIds.host(stage.hostId));
