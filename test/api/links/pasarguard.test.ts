import { afterAll, expect, test } from "vitest";
import { customerWithLink, fetchWhenReady } from "../../drivers/links.ts";
import { openPasarGuard } from "../../gateways/hosts/emulated-pasarguard.ts";
import { linkSuite } from "./panel-suite.ts";

const panel = await openPasarGuard();
afterAll(() => panel.close());
const app = await linkSuite(panel, {
  title: "Subscription",
  formats: {
    "v2rayNG/1.9.0": /vless:\/\//u,
    "clash-verge/v2.0": /mode: rule[^]*proxies:/u,
    "SFA/1.11": /"outbounds":/u,
    "InHive/1.0": /\[\{"log":/u,
  },
});

test("a panel that counts devices itself refuses the second, and the app is told why", async () => {
  const { link } = await customerWithLink(app);
  await fetchWhenReady(link, { "x-hwid": "phone-0001" });
  const other = await fetch(link, { headers: { accept: "*/*", "x-hwid": "phone-0002" } });
  expect(other.status).toBe(403);
  expect(other.headers.get("x-hwid-max-devices-reached")).toBe("true");
  expect((await fetch(link, { headers: { accept: "*/*", "x-hwid": "phone-0001" } })).status).toBe(
    200,
  );
  expect(await app.rows("select 1 from link_hwids")).toEqual([]);
});
