import { afterAll } from "vitest";
import { openPasarGuard } from "../../gateways/hosts/emulated-pasarguard.ts";
import { linkSuite } from "./panel-suite.ts";

const panel = await openPasarGuard();
afterAll(() => panel.close());
await linkSuite(panel, {
  title: "Subscription",
  formats: {
    "v2rayNG/1.9.0": /vless:\/\//u,
    "clash-verge/v2.0": /mode: rule[^]*proxies:/u,
    "SFA/1.11": /"outbounds":/u,
    "InHive/1.0": /\[\{"log":/u,
  },
});
