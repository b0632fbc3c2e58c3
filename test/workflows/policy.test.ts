import temporalProto from "@temporalio/proto";
import { describe, expect, test } from "vitest";
import { eventually } from "../drivers/eventually.ts";
import { floodUntilRenewed } from "../drivers/renewal.ts";
import { useTestApp } from "../drivers/test-app.ts";

const { EventType } = temporalProto.temporal.api.enums.v1;

describe("TRIAL_DAYS=0", () => {
  const app = useTestApp({ policy: { trialDays: 0 } });

  test("access, and the first key, begin with an admin's extension", async () => {
    const person = app.person();
    const admin = await app.admin();
    await person.askForAccess();
    await admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u"));
    await person.waitForMessage(/Choose a plan to begin/u);
    expect(await person.listKeys()).toEqual([]);
    expect((await app.host.list()).peers).toEqual([]);
    await admin.send(`/extend ${person.id} 30`);
    await person.waitForMessage(/Your key for/u);
    expect((await app.host.list()).peers).toHaveLength(1);
  });
});

describe("AUTO_APPROVE=true", () => {
  const app = useTestApp({ policy: { autoApprove: true } });

  test("the captcha alone lets a person in, and no admin is asked", async () => {
    const person = app.person();
    await person.send("/start");
    await person.answerCaptcha();
    await person.waitForMessage(/Your key for/u);
    expect(await app.rows("select * from approvals")).toEqual([]);
  });
});

describe("a capacity of one", () => {
  const app = useTestApp({ capacity: 1 });

  test("a customer without room is notified, operators see it, and the key comes when there is room", async () => {
    await app.customer();
    const late = app.person();
    const admin = await app.admin();
    await late.askForAccess();
    await admin.pressButton(new RegExp(`^decide:signup:${late.id}:\\w+:approve$`, "u"));
    await late.waitForMessage(/servers are full/u);
    await app.rows("update hosts set capacity = 2");
    await app.pass(await app.subscriptionOf(late), 10 * 60_000);
    await late.waitForMessage(/Your key for/u);
  });
});

const { EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EVENT_TYPE_TIMER_STARTED } = EventType;
const isStepOrTimer = (kind: unknown): boolean =>
  kind === EVENT_TYPE_ACTIVITY_TASK_SCHEDULED || kind === EVENT_TYPE_TIMER_STARTED;

describe("what operators see", () => {
  const app = useTestApp();

  /** The events of all runs. */
  const listEvents = async (workflowId: string) => {
    const { workflow } = app.client;
    const events = [];
    for await (const { runId } of workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
      events.push(...((await workflow.getHandle(workflowId, runId).fetchHistory()).events ?? []));
    }
    return events;
  };

  test("each step and each timer says what it is for, and each workflow has a summary", async () => {
    const person = await app.customer();
    const ids = [`signup:${person.id}`, await app.subscriptionOf(person)];
    for (const id of ids) {
      const { staticSummary } = await app.client.workflow.getHandle(id).describe();
      expect(await staticSummary()).toContain(String(person.id));
    }
    // A signup whose person is quick waits for nothing, so it may have none.
    const steps = await eventually(async () => {
      const events = (await Promise.all(ids.map(listEvents))).flat();
      const found = events.filter(({ eventType }) => isStepOrTimer(eventType));
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    for (const { userMetadata } of steps)
      expect(userMetadata?.summary?.data?.length).toBeGreaterThan(4);
  });

  test("a subscription with many signals continues as a new run before 2,000 events, and forgets nothing", async () => {
    const person = await app.customer();
    const id = await app.subscriptionOf(person);
    const handle = app.client.workflow.getHandle(id);
    const deviceId = id.replace("subscription:", "");
    let many = 0;
    // Fifty at a time: when more than a hundred wait for one workflow task,
    // the server fails the task.
    const runId = await floodUntilRenewed(handle, async () => {
      for (const end = many + 50; many < end; many += 1) {
        const request = { kind: "rename", requestId: `r${many}`, deviceId, name: `n${many}` };
        await app.client.workflow.getHandle(id).signal("deviceRequested", request);
      }
      await person.waitForMessage(new RegExp(`Renamed to .*n${many - 1}\\b`, "u"));
    });
    const first = await app.client.workflow.getHandle(id, runId).describe();
    expect(first.status.name).toBe("CONTINUED_AS_NEW");
    expect(first.historyLength).toBeLessThan(2_000);
    const renamed = (await person.listTexts()).filter((text) => text.startsWith("✏️"));
    expect(new Set(renamed).size).toBe(many);
    await person.send("/devices");
    await person.waitForMessage(new RegExp(`n${many - 1}\\b`, "u"));
  }, 180_000);
});
