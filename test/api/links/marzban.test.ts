import { afterAll } from "vitest";
import { openMarzban } from "../../gateways/hosts/emulated-marzban.ts";
import { linkSuite } from "./panel-suite.ts";

const panel = await openMarzban();
afterAll(() => panel.close());
await linkSuite(panel, {
  title: "Subscription",
  formats: {
    "v2rayNG/1.9.0": /vless:\/\//u,
    "clash-verge/v2.0": /mode: rule[^]*proxies:/u,
    "SFA/1.11": /"outbounds":/u,
  },
});
