import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Installation } from "../../../gateways/hosts/amneziawg/install/installer.ts";
import { generateParameters } from "../../../gateways/hosts/amneziawg/parameters.ts";
import { amneziawgGo } from "../../../tools/amneziawg/build.ts";
import { network, network6 } from "./accesses.ts";

export const plan = () => ({
  interface: "awg0",
  listenPort: 51_820,
  endpointPorts: { first: 20_000, last: 20_099 },
  network,
  network6,
  mtu: 1_376,
  parameters: generateParameters((min, max) => randomInt(min, max + 1)),
});

export const installation = async (more: Partial<Installation> = {}): Promise<Installation> => ({
  plan: plan(),
  asked: [],
  ipv6IfRouted: false,
  variant: "userspace",
  program: readFileSync(await amneziawgGo()),
  ...more,
});
