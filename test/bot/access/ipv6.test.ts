import { expect, test } from "vitest";
import { ApiProcess } from "../../drivers/api-process.ts";
import { eventually } from "../../drivers/eventually.ts";
import { newestLink } from "../../drivers/links.ts";
import { useTestApp } from "../../drivers/test-app.ts";

const api = await ApiProcess.open();
const app = useTestApp({ publicUrl: api.url, network: "10.9.0.0/20", network6: "fd09::/64" });
api.useWith(app);

const addressLine = (conf: string) => /^Address = (.*)$/mu.exec(conf)?.[1];

test("a customer of a host with IPv6 has an address of each family, in key, link, books and on the host", async () => {
  const bob = await app.customer();
  const [conf = ""] = await bob.listKeys();
  expect(addressLine(conf)).toMatch(/^10\.9\.0\.\d+\/32, fd09::[0-9a-f]+\/128$/u);
  const own = addressLine(conf)
    ?.replace(/\/(?:32|128)/gu, "")
    .split(", ");
  const inBooks = async () => {
    const [row] = await app.rows<{ address: string; address6: string; identity: string }>(
      `select address, address6, identity from accesses a
       join subscriptions s on s.id = a.subscription_id join customers c on c.id = s.customer_id
       where c.telegram_id = ? and a.retired_at is null`,
      [bob.id],
    );
    return row!;
  };
  const { address, address6, identity } = await inBooks();
  expect([address, address6]).toEqual(own);
  const { peers } = await app.host.list();
  expect(peers.find((peer) => peer.identity === identity)?.addresses).toEqual(own);
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  await bob.pressButton(/^device-link:/u);
  const file = await fetch(await newestLink(bob, ""), { method: "POST" });
  expect(addressLine(await file.text())).toBe(addressLine(conf));
  // A new key has another place, in both families.
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  await bob.pressButton(/^device-sure-reissue:/u);
  await bob.pressButton(/^device-reissue:/u);
  await eventually(async () => expect((await bob.listKeys()).length).toBe(2));
  const after = await inBooks();
  expect(after.address6).toMatch(/^fd09::/u);
  expect([after.address, after.address6]).not.toContain(address);
  expect([after.address, after.address6]).not.toContain(address6);
});
