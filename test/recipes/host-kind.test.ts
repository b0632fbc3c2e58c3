import { afterAll, beforeAll, expect, test } from "vitest";
import { RecipeTree } from "./recipe-tree.ts";

// docs/recipes/host-kind.md, followed in a copy of the tree.
const adapter = `import { MemoryVpnHost } from "../memory.ts";
import type { HostDescription } from "../port.ts";

/** A host in this process. */
export class ToyHost extends MemoryVpnHost {
  override async describe(): Promise<HostDescription> {
    return { ...(await super.describe()), kind: "toy" };
  }
}
`;

const settings = `import * as z from "zod";
import { memorySettings } from "../amneziawg/settings.ts";

/** What a host in memory has, and a name. */
export const toySettings = z.strictObject({
  kind: z.literal("toy"),
  name: z.string({ error: "must be a name" }),
  tunnel: memorySettings,
});
`;

const index = `import type { HostKind } from "../kind.ts";
import { ToyHost } from "./adapter.ts";
import { toySettings } from "./settings.ts";

/** A toy that carries nothing. */
export const toyKind: HostKind<typeof toySettings> = {
  kind: "toy",
  settings: toySettings,
  warnings: ({ name }) => [\`\${name} carries no traffic\`],
  connect: ({ tunnel }) => new ToyHost(tunnel),
};
`;

const contract = `import { ToyHost } from "../../../gateways/hosts/toy/adapter.ts";
import { anAccess } from "./accesses.ts";
import { vpnHostContract } from "./contract.ts";
import { memoryHostSettings } from "./host-settings.ts";

vpnHostContract("a toy", async () => {
  const host = new ToyHost(memoryHostSettings());
  return {
    host,
    restart: async () => host.restart(),
    addStranger: async (address) => {
      const { identity } = anAccess(0);
      host.put(identity, { addresses: [address], presharedHash: undefined });
      return identity;
    },
    close: async () => undefined,
  };
});
`;

let tree: RecipeTree;

beforeAll(() => {
  tree = new RecipeTree();
  tree.write("gateways/hosts/toy/adapter.ts", adapter);
  tree.write("gateways/hosts/toy/settings.ts", settings);
  tree.write("gateways/hosts/toy/index.ts", index);
  tree.write("test/gateways/hosts/toy.test.ts", contract);
  const registry = "gateways/hosts/registry.ts";
  tree.edit(registry, /^/u, 'import { toyKind } from "./toy/index.ts";\n');
  tree.edit(registry, "  memoryKind,\n", "  memoryKind,\n  toyKind,\n");
  tree.edit(registry, "  memoryKind.settings,\n", "  memoryKind.settings,\n  toyKind.settings,\n");
});
afterAll(() => tree.remove());

test("a host kind that follows its recipe compiles, and no file beside the recipe's had to change", () => {
  const files = ["gateways/**/*.ts", "workers/hosts.ts", "test/gateways/hosts/toy.test.ts"];
  expect(tree.compile(...files)).toBe("");
});

test("the product connects it by its settings, and its operator reads its warnings", () => {
  const printed = tree.print(
    `import { connectHost, hostSettings, hostWarnings } from "./gateways/hosts/registry.ts";
     import { memoryHostSettings } from "./test/gateways/hosts/host-settings.ts";
     const settings = hostSettings.parse({ kind: "toy", name: "Toy", tunnel: memoryHostSettings() });
     const { kind } = await connectHost(settings).describe();
     console.log(JSON.stringify([kind, hostWarnings(settings)]));`,
  );
  expect(printed).toBe('["toy",["Toy carries no traffic"]]');
});

test("it keeps the promises of its port", () => {
  expect(tree.test("test/gateways/hosts/toy.test.ts")).toMatchObject({ status: 0 });
});

test.each([
  ["it may not know an entry point", "gateways/hosts/toy/adapter.ts", "../../../api/app.ts"],
  ["it may not know the database", "gateways/hosts/toy/adapter.ts", "../../../db/orm.ts"],
  ["no workflow may know it", "workflows/payments/payment.ts", "../gateways/hosts/toy/adapter.ts"],
  ["no activity may know it", "activities/access/host.ts", "../../gateways/hosts/toy/adapter.ts"],
])("the walls hold: %s", (_name, path, from) => {
  expect(tree.breaksWall(path)).toBe(false);
  expect(tree.breaksWallWith(path, from)).toBe(true);
});
