import { randomBytes } from "node:crypto";
import { beforeAll, expect, test, vi } from "vitest";
import { HostPass } from "../../../activities/access/host-pass.ts";
import { reach } from "../../../activities/access/host-reach.ts";
import { fillDatabase } from "../../../bench/hosts/fill-database.ts";
import { Vault } from "../../../db/vault.ts";
import type { HostId } from "../../../domain/ids.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memorySettings } from "../../drivers/test-app.ts";

/** Three calls to the host. */
const everybody = 2_100;

const db = useDatabase();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
const settings = memorySettings();
let id: HostId;
beforeAll(async () => {
  id = await fillDatabase(db.writer, vault, { accesses: everybody, settings });
});

interface Customer {
  readonly identity: string;
  readonly access: string;
  readonly subscription: string;
  readonly customer: string;
}

const change = (statement: string, of: string) => db.owner.em.fork().execute(statement, [of]);

/** An empty host, whatever the database expects, and what happens while its peers are added. */
function emptyHost() {
  const host = new MemoryVpnHost(settings);
  const asked: { readonly what: "apply" | "remove"; readonly identities: readonly string[] }[] = [];
  const apply = host.apply.bind(host);
  const remove = host.remove.bind(host);
  let atFirst: ((first: readonly string[]) => Promise<void>) | undefined;
  vi.spyOn(host, "apply").mockImplementation(async (accesses) => {
    const identities = accesses.map(({ identity }) => identity);
    asked.push({ what: "apply", identities });
    const happens = atFirst;
    atFirst = undefined;
    await happens?.(identities);
    return apply(accesses);
  });
  vi.spyOn(host, "remove").mockImplementation((identities) => {
    asked.push({ what: "remove", identities });
    return remove(identities);
  });
  const ports = { em: db.writer.em, vault, now: () => new Date(), checkpoint: () => undefined };
  const pass = new HostPass(id, reach({ get: async () => host }, id), ports);
  /** Called when the first part is on its way to the host. */
  const during = (work: typeof atFirst) => void (atFirst = work);
  return { host, asked, pass, during };
}

const listPeers = () =>
  db.owner.em.fork().execute<Customer[]>(
    `select a.identity, a.id as access, s.id as subscription, c.id as customer
       from accesses a join subscriptions s on s.id = a.subscription_id join customers c on c.id = s.customer_id
      where a.retired_at is null and c.status = 'active' and s.paid_until > now()`,
  );

const ends: Record<string, (of: Customer) => Promise<unknown>> = {
  "is blocked": ({ customer }) =>
    change("update customers set status = 'blocked' where id = ?", customer),
  "runs out of time": ({ subscription }) =>
    change("update subscriptions set paid_until = now() where id = ?", subscription),
  "takes the key back": ({ access }) =>
    change("update accesses set retired_at = now() where id = ?", access),
};

// In the first case the database expects no peer there, in the others every peer.
test.each(Object.entries(ends))(
  "who %s while a host is filled is off it before it is full, and is not put on when it is not their turn yet",
  async (_, end) => {
    const { host, asked, pass, during } = emptyHost();
    const before = await listPeers();
    let early: Customer | undefined;
    let late: Customer | undefined;
    during(async (first) => {
      early = before.find(({ identity }) => identity === first[0]);
      late = before.findLast(({ identity }) => !first.includes(identity));
      await Promise.all([early, late].map((one) => end(one!)));
    });
    await pass.compareWhole();
    const calls = asked.map(({ what }) => what);
    expect(calls).toEqual(["apply", "remove", "apply", "apply"]);
    expect(asked[1]?.identities).toContain(early!.identity);
    const put = asked.flatMap(({ what, identities }) => (what === "apply" ? identities : []));
    expect(put).not.toContain(late!.identity);
    const { peers } = await host.list();
    expect(peers).toHaveLength(before.length - 2);
  },
);
