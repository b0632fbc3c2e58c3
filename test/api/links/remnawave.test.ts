import { afterAll } from "vitest";
import { openRemnawave } from "../../gateways/hosts/emulated-remnawave.ts";
import { linkSuite } from "./panel-suite.ts";

const panel = await openRemnawave();
afterAll(() => panel.close());
await linkSuite(panel, {
  title: "Remnawave",
  formats: {
    "Happ/2.0.0": /vless:\/\//u,
    "clash-verge/v2.0": /proxies:/u,
    "SFA/1.11": /"outbounds":/u,
  },
});
