import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { signals, workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { customerSpeaking, devicesOf } from "../people.ts";

const app = useTestApp();

/** Makes the host say that a device has connected. */
async function connect({ id, public_key: key }: { id: string; public_key: string }) {
  app.host.carry(key, 1_000, 1_000);
  await app.client.workflow.getHandle(workflowIds.host(app.hostId)).signal(signals.checkNow);
  await eventually(async () => {
    const query =
      "select 1 from traffic_counters where device_id = ? and last_handshake_at is not null";
    expect(await app.rows(query, [id])).toHaveLength(1);
  });
}

test.each(languages)(
  "a second phone or computer is offered a key of its own, and is asked about once the first is in use (%s)",
  async (language) => {
    const bob = await customerSpeaking(app, language);
    const [first] = await devicesOf(app, bob);
    await bob.send("/connect");
    await bob.pressButton(/^platform:windows$/u);
    const { data } = await bob.button(/^device-add:.*windows/u);
    await connect(first!);
    await bob.pressButton(/^connect-key:windows$/u);
    await bob.button(new RegExp(`^device-show:${first!.id}`, "u"));
    await bob.pressButton(new RegExp(`^${data.split(":")[0]}:.*windows`, "u"));
    await eventually(async () => {
      const devices = await devicesOf(app, bob);
      expect(new Set(devices.map(({ public_key: key }) => key)).size).toBe(2);
    });
  },
);
