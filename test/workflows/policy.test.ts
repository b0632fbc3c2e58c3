import temporalProto from "@temporalio/proto";
import { describe, expect, test } from "vitest";
import { eventually } from "../drivers/eventually.ts";
import { floodUntilRenewed } from "../drivers/renewal.ts";
import { useTestApp } from "../drivers/test-app.ts";

const { EventType } = temporalProto.temporal.api.enums.v1;

describe("TRIAL_DAYS=0", () => {
  const app = useTestApp({ policy: { trialDays: 0 } });

  test("access, and the first key, begin with an admin's extension", async () => {
    const [person, admin] = [app.person(), await app.admin()];
    await person.askForAccess();
    await admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
    await person.waitForMessage(/Your access starts as soon as an administrator adds time/u);
    expect(await person.listKeys()).toEqual([]);
    expect((await app.host.list()).peers).toEqual([]);
    await admin.send(`/extend ${person.id} 30`);
    await person.waitForMessage(/How to connect/u);
    expect((await app.host.list()).peers).toHaveLength(1);
  });
});

describe("AUTO_APPROVE=true", () => {
  const stage = useTestApp({ policy: { autoApprove: true } });

  test("the captcha alone lets a person in, and no admin is asked", async () => {
    const person = stage.person();
    await person.send("/start");
    await person.answerCaptcha();
    await person.waitForMessage(/How to connect/u);
    expect(await stage.rows("select * from approvals")).toEqual([]);
  });
});

describe("a capacity of one", () => {
  const stage = useTestApp({ capacity: 1 });

  test("who finds no room is told, operators see it, and the key comes when there is room", async () => {
    await stage.customer();
    const [late, admin] = [stage.person(), await stage.admin()];
    await late.askForAccess();
    await admin.pressButton(new RegExp(`^decide:signup:${late.id}:\\w+:approve$`, "u"));
    await late.waitForMessage(/servers are full/u);
    await stage.rows("update hosts set capacity = 2");
    await stage.pass(await stage.subscriptionOf(late), 10 * 60_000);
    await late.waitForMessage(/How to connect/u);
  });
});

const { EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EVENT_TYPE_TIMER_STARTED } = EventType;
const isStepOrTimer = (kind: unknown): boolean =>
  kind === EVENT_TYPE_ACTIVITY_TASK_SCHEDULED || kind === EVENT_TYPE_TIMER_STARTED;

describe("what operators see", () => {
  const stage = useTestApp();

  test("each step and each timer says what it is for, each story has a summary", async () => {
    const person = await stage.customer();
    const ids = [`signup:${person.id}`, await stage.subscriptionOf(person)];
    for (const id of ids) {
      const handle = stage.client.workflow.getHandle(id);
      const { staticSummary } = await handle.describe();
      expect(await staticSummary()).toContain(String(person.id));
      // A subscription that has just renewed itself has an empty history for a moment.
      const told = await eventually(async () => {
        const events = (await handle.fetchHistory()).events ?? [];
        const seen = events.filter(({ eventType }) => isStepOrTimer(eventType));
        expect(seen.length).toBeGreaterThan(0);
        return seen;
      });
      for (const { userMetadata } of told)
        expect(userMetadata?.summary?.data?.length).toBeGreaterThan(4);
    }
  });

  test("a subscription that has heard much begins a new run before 2,000 events, and forgets nothing", async () => {
    const person = await stage.customer();
    const id = await stage.subscriptionOf(person);
    const handle = stage.client.workflow.getHandle(id);
    const deviceId = id.replace("subscription:", "");
    let many = 0;
    // By fifties: with more than a hundred that wait for one workflow task the server gives the task up.
    const runId = await floodUntilRenewed(handle, async () => {
      for (const end = many + 50; many < end; many += 1) {
        const wish = { kind: "rename", requestId: `r${many}`, deviceId, name: `n${many}` };
        await stage.client.workflow.getHandle(id).signal("deviceRequested", wish);
      }
      await person.waitForMessage(new RegExp(`Renamed to .*n${many - 1}\\b`, "u"));
    });
    const first = await stage.client.workflow.getHandle(id, runId).describe();
    expect(first.status.name).toBe("CONTINUED_AS_NEW");
    expect(first.historyLength).toBeLessThan(2_000);
    const renamed = (await person.listTexts()).filter((text) => text.startsWith("✏️"));
    expect(new Set(renamed).size).toBe(many);
    await person.send("/devices");
    await person.waitForMessage(new RegExp(`n${many - 1}\\b`, "u"));
  }, 180_000);
});
