import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { clientCredentials } from "../../gateways/hosts/amneziawg/client-config.ts";
import { tunnelOrRefuse } from "../../gateways/hosts/amneziawg/tunnel.ts";
import { eventually } from "../drivers/eventually.ts";
import { FailingHost } from "../drivers/failing-host.ts";
import { memorySettings, useTestApp } from "../drivers/test-app.ts";

const packet = () => `<b 0x${randomBytes(1_200).toString("hex")}>`;
const settings = memorySettings();
const long = { ...settings, parameters: { ...settings.parameters, i: [packet(), packet()] } };

class LongKeys extends FailingHost {
  override async credentials(access: Parameters<FailingHost["credentials"]>[0]) {
    return clientCredentials(long, { label: access.label, tunnel: tunnelOrRefuse(access) });
  }
}

const app = useTestApp({ host: (real) => new LongKeys(real) });

test("a key too long for a picture comes as a file, and whoever asks for the picture reads so", async () => {
  const bob = app.person();
  const admin = await app.admin();
  await bob.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${bob.id}:\\w+:approve$`, "u"));
  await bob.waitForMessage(/Your key for/u);
  await bob.pressButton(/QR code/u);
  await bob.waitForMessage(/too long for a QR code. Open the key file/u);
  expect((await bob.listKeys())[0]).toContain(long.parameters.i[1]);
  await eventually(async () => {
    const states = await app.rows<{ state: string }>(
      "select distinct state from messages where telegram_id = ? and content->>'kind' = 'key'",
      [bob.id],
    );
    expect(states.map(({ state }) => state)).not.toContain("waiting");
  });
  expect((await admin.listTexts()).join()).not.toMatch(/could not be sent/u);
});
