import { afterAll } from "vitest";
import { openXui } from "../../gateways/hosts/emulated-x-ui.ts";
import { linkSuite } from "./panel-suite.ts";

const panel = await openXui();
afterAll(() => panel.close());
await linkSuite(panel, {
  title: "Tollgate",
  formats: {
    "Happ/2.0.0": /vless:\/\//u,
  },
});
