import { expect, test } from "vitest";
import { answerCustomer, writeToSupport } from "../../client/messaging.ts";
import { DurableClient } from "../../client/durable.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import { dayMs, hourMs, minuteMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";

const app = useTestApp({ support: {} });

const client = () => new DurableClient(app.client);
const wrote = (requestId: string, text = requestId) => ({ requestId, words: { text } });
const handleOf = (of: TelegramId) => app.client.workflow.getHandle(workflowIds.ticket(of));

const stateOf = async (of: TelegramId) => {
  const [row] = await app.rows<{ state: string }>(
    "select state from tickets where telegram_id = ?",
    [of],
  );
  return row?.state;
};

async function askingCustomer(requestId: string) {
  const person = await app.customer();
  const of = telegramId(person.id);
  await writeToSupport(client(), of, wrote(requestId));
  await eventually(async () => expect(await stateOf(of)).toBe("open"));
  return { person, of };
}

test("a customer who waits is shown to operators and reminded of, and an answer ends both", async () => {
  const admin = await app.admin();
  const { person, of } = await askingCustomer("w-1");
  await eventually(async () => {
    const described = await handleOf(of).describe();
    const { typedSearchAttributes: shown } = described;
    expect(shown.get(searchAttributes.stage)).toBe("open");
    expect(shown.get(searchAttributes.needsHuman)).toBe(true);
    expect(await described.staticSummary()).toBe(`Support of ${of}`);
  });
  await app.pass(workflowIds.ticket(of), 12 * hourMs + minuteMs);
  await admin.waitForMessage(/waiting for an answer for 12 hours/u);
  await answerCustomer(client(), of, { ...wrote("a-1"), by: telegramId(adminId) });
  await person.waitForMessage(/a-1$/u);
  await eventually(async () => {
    const { typedSearchAttributes: shown } = await handleOf(of).describe();
    expect(shown.get(searchAttributes.stage)).toBe("answered");
    expect(shown.get(searchAttributes.needsHuman)).toBe(false);
  });
});

test("a conversation closes itself after days without a message, and the next one opens it again", async () => {
  const { person, of } = await askingCustomer("w-2");
  await answerCustomer(client(), of, { ...wrote("a-2"), by: telegramId(adminId) });
  await eventually(async () => expect(await stateOf(of)).toBe("answered"));
  await app.pass(workflowIds.ticket(of), 3 * dayMs + minuteMs);
  await person.waitForMessage(/have closed your question/u);
  expect(await handleOf(of).result()).toBe("closed");
  await writeToSupport(client(), of, wrote("w-3"));
  await eventually(async () => expect(await stateOf(of)).toBe("open"));
});

test("a workflow that was terminated costs nothing: the next message goes on", async () => {
  const { of } = await askingCustomer("w-4");
  await handleOf(of).terminate("an operator's mistake");
  await writeToSupport(client(), of, wrote("w-5"));
  await eventually(async () => {
    const query = "select key from ticket_messages order by seq desc limit 2";
    expect(await app.rows(query)).toEqual([{ key: "w-5" }, { key: "w-4" }]);
  });
});

test("a flood of messages of one customer is kept in a few steps, each message once, and continues as new", async () => {
  const { of } = await askingCustomer("flood-0");
  const { runId: first } = await handleOf(of).describe();
  const keys = Array.from({ length: 1_200 }, (_, n) => `flood-${n + 1}`);
  while (keys.length > 0) {
    await Promise.all(keys.splice(0, 100).map((key) => writeToSupport(client(), of, wrote(key))));
  }
  const query = "select count(*)::int as count from ticket_messages where key like 'flood-%'";
  await eventually(async () => {
    expect(await app.rows(query)).toEqual([{ count: 1_201 }]);
    const { runId, historyLength } = await handleOf(of).describe();
    expect(runId).not.toBe(first);
    expect(historyLength).toBeLessThan(1_000);
  });
});
