import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { answerCustomer, closeTicket } from "../../../client/messaging.ts";
import { changeShop } from "../../../client/operations.ts";
import { resolveUnmatched, startRefund } from "../../../client/payments.ts";
import { actOnCustomer, decideApproval } from "../../../client/people.ts";
import type { AdminAct } from "../../../domain/people/admin-act.ts";
import { type ApprovalId, telegramId } from "../../../domain/ids.ts";
import { asPaymentId, gatewayName } from "../../../domain/payments/payment.ts";
import { mayDo, type Permission } from "../../../domain/people/permissions.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { walkMenu } from "../menu-walk.ts";
import { adminSpeaking, asShown, cardOf, chooseLanguage, forgePress } from "../people.ts";

const ids = { support: 1003, viewer: 1004 } as const;
const app = useTestApp({ supportIds: [ids.support], viewerIds: [ids.viewer], support: {} });

const roles = ["support", "viewer"] as const;
type Team = Readonly<Record<(typeof roles)[number] | "admin", Person>>;

async function team(): Promise<Team> {
  const admin = await app.admin();
  return { admin, support: await app.admin(ids.support), viewer: await app.admin(ids.viewer) };
}

const client = () => new DurableClient(app.client);

/** What an act is about: each act of the test has a customer and a request of its own. */
interface About {
  readonly by: ReturnType<typeof telegramId>;
  readonly customer: ReturnType<typeof telegramId>;
  readonly approvalId: ApprovalId;
  readonly ask: string;
  readonly requestId: string;
}

type ActOn = AdminAct extends infer One
  ? One extends AdminAct
    ? Omit<One, "customer">
    : never
  : never;

interface Act {
  readonly needs: Permission;
  /** Starts it past the bot, as a bug or a forged call would. */
  readonly start: (about: About) => Promise<unknown>;
  /** Resolves once it was decided on. */
  readonly settle: (about: About) => Promise<unknown>;
}

const words = { text: "hello" };

const ended = (workflowId: string) => app.client.workflow.getHandle(workflowId).result();

const onCustomer = (needs: Permission, act: (ask: string) => ActOn): Act => ({
  needs,
  start: ({ by, customer, requestId, ask }) =>
    actOnCustomer(client(), { requestId, by, act: { ...act(ask), customer } }),
  settle: ({ requestId }) => ended(`admin-act:${requestId}`),
});

/** A conversation handles what it is sent in its order: an admin's answer comes after the act. */
const afterAnswer = async ({ customer, requestId }: About): Promise<unknown> => {
  const answer = { requestId: `after-${requestId}`, by: telegramId(adminId), words };
  await answerCustomer(client(), customer, answer);
  return app.person(customer).waitForMessage(/hello/u);
};

/** Every act of the shop's people that the client can start. */
const acts = {
  extend: onCustomer("giveDays", () => ({ kind: "extend", days: 5 })),
  block: onCustomer("blockCustomers", () => ({ kind: "block" })),
  unblock: onCustomer("blockCustomers", () => ({ kind: "unblock" })),
  revoke: onCustomer("endAccess", () => ({ kind: "revoke" })),
  undo: onCustomer("decideSignups", (ask) => ({ kind: "undo", ask })),
  approve: {
    needs: "decideSignups",
    start: ({ by, approvalId, ask }) =>
      decideApproval(client(), approvalId, { ask, decision: "approve", by }),
    // The first valid decision counts: an admin's comes after it.
    settle: async ({ approvalId, ask }) => {
      const by = telegramId(adminId);
      await decideApproval(client(), approvalId, { ask, decision: "reject", by });
      return ended(`approval:${approvalId}`);
    },
  },
  answer: {
    needs: "answerTickets",
    start: ({ by, customer, requestId }) =>
      answerCustomer(client(), customer, { requestId, by, words: { text: "not allowed" } }),
    settle: afterAnswer,
  },
  close: {
    needs: "answerTickets",
    start: ({ by, customer, requestId }) => closeTicket(client(), customer, { requestId, by }),
    settle: afterAnswer,
  },
  setting: {
    needs: "changeShop",
    start: ({ by, requestId }) =>
      changeShop(client(), {
        requestId,
        by,
        change: { kind: "setting", key: "name", value: "Another" },
      }),
    settle: ({ requestId }) => ended(`shop-change:${requestId}`),
  },
  refund: {
    needs: "refund",
    start: ({ by, requestId }) => {
      const paymentId = asPaymentId("01890000-0000-4000-8000-0000000000aa")!;
      return startRefund(client(), { requestId, by, paymentId, reason: "x" });
    },
    settle: ({ requestId }) => ended(`refund:${requestId}`),
  },
  give: {
    needs: "resolveUnmatched",
    start: ({ by, customer, requestId }) =>
      resolveUnmatched(client(), {
        requestId,
        by,
        gateway: gatewayName("memory"),
        reference: requestId,
        what: { kind: "give", customer },
      }),
    settle: ({ requestId }) => ended(`unmatched:${requestId}`),
  },
} as const satisfies Readonly<Record<string, Act>>;

/** What somebody has changed, by every column that names who did it. */
const tracesOf = (id: number) =>
  app.rows(
    `select 'act' from audit_log where actor = ${id}
     union all select 'answer' from ticket_messages where admin = ${id}
     union all select 'closing' from tickets where closed_by = ${id}
     union all select 'decision' from approvals where ${id} in (decided_by, undone_by)
     union all select 'refund' from refunds where requested_by = ${id}
     union all select 'unmatched' from unmatched where resolved_by = ${id}`,
  );

/** Everything that an act could change. */
const books = () =>
  app.rows(
    `select (select count(*) from audit_log) as audit,
            (select count(*) from time_lots) as lots,
            (select count(*) from ticket_messages where admin is not null) as answers,
            (select count(*) from shop_settings) as settings,
            (select count(*) from refunds) as refunds,
            (select jsonb_agg(jsonb_build_array(telegram_id, status) order by telegram_id)
               from customers) as people,
            (select jsonb_agg(jsonb_build_array(approval_id, ask, state) order by approval_id, ask)
               from approvals) as approvals`,
  );

const cases = roles.flatMap((role) =>
  Object.entries<Act>(acts)
    .filter(([, { needs }]) => !mayDo(role, needs))
    .map(([name, act]) => [role, name, act] as const),
);

test.each(cases)(
  "the books refuse %s: %s, whatever the bot has let through",
  async (role, _, act) => {
    await team();
    const bob = await app.customer();
    const eve = app.person();
    await eve.askForAccess();
    const asked = await eventually(async () => {
      const [row] = await app.rows<{ id: string; ask: string }>(
        "select approval_id as id, ask from approvals where approval_id = ? and state = 'open'",
        [`signup:${eve.id}`],
      );
      if (row === undefined) throw new Error("nobody was asked yet");
      return row;
    });
    const about: About = {
      by: telegramId(ids[role]),
      customer: telegramId(bob.id),
      approvalId: asked.id as ApprovalId,
      ask: asked.ask,
      requestId: `test-${role}-${bob.id}`,
    };
    const before = await tracesOf(ids[role]);
    await act.start(about);
    await act.settle(about);
    expect(await tracesOf(ids[role])).toEqual(before);
    expect(await lotsOf(bob)).toEqual([{ kind: "trial" }]);
    const left = await app.rows("select status from customers where telegram_id = ?", [bob.id]);
    expect(left).toEqual([{ status: "active" }]);
    const by = telegramId(adminId);
    await decideApproval(client(), about.approvalId, { ask: about.ask, decision: "reject", by });
  },
);

const lotsOf = ({ id }: Person) =>
  app.rows(
    `select t.kind from time_lots t join subscriptions s on s.id = t.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [id],
  );

test("support approves, rejects, answers and writes; a viewer's same acts do nothing", async () => {
  const { support, viewer } = await team();
  const eve = app.person();
  await eve.askForAccess();
  await support.pressButton(new RegExp(`^decide:signup:${eve.id}:\\w+:approve$`, "u"));
  await eve.waitForMessage(/Your key for/u);
  expect((await viewer.listTexts()).some((text) => /New request\n/u.test(text))).toBe(false);
  await cardOf(support, eve);
  await support.pressButton(new RegExp(`^ticket-answer:${eve.id}$`, "u"));
  await support.waitForMessage(/Your message to/u);
  await support.send("Welcome aboard");
  await eve.waitForMessage(/Welcome aboard/u);
});

test.each(languages)(
  "an old button is refused in plain words, and nothing changes (%s)",
  async (language) => {
    const { support, viewer } = await team();
    const bob = await app.customer();
    const refusal = textsIn(language).messaging.answer.notYourRole;
    const before = await books();
    for (const [person, id] of [
      [support, ids.support],
      [viewer, ids.viewer],
    ] as const) {
      await app.rows("update customers set language = ? where telegram_id = ? returning 1", [
        language,
        id,
      ]);
      const messageId = (await person.chat()).find(({ from }) => from?.is_bot)!.message_id;
      for (const data of [
        `act:extend:${bob.id}:30`,
        `sure-block:${bob.id}`,
        `act:block:${bob.id}`,
        `act:revoke:${bob.id}`,
        "setting-set:maintenance:on:0123abcd",
        "plan-new",
        `give:${"0".repeat(32)}`,
        `decide:refund:a:0123abcd:approve`,
      ]) {
        const answer = await forgePress(app, person, { messageId, data });
        expect(answer?.text, `${id} ${data}`).toBe(refusal);
      }
      await person.send(`/extend ${bob.id} 30`);
      await person.waitForMessage(asShown(refusal));
    }
    expect(await books()).toEqual(before);
    await adminSpeaking(app, "en");
  },
);

/** What each role must not even be shown. */
const changes =
  /^(?:act:|sure-|ask-days|give|ignore|return|setting-|plan-set|plan-ask|plan-new|refund)/u;
const decides = /^(?:decide|reject|approve|sure-undo|ticket-answer|ticket-close)/u;

test.each(roles.flatMap((role) => languages.map((language) => [role, language] as const)))(
  "every button that a %s is shown leads somewhere, and is theirs to press (%s)",
  async (role, language) => {
    const person = await chooseLanguage(app, (await team())[role], language);
    await app.person().askForAccess();
    const bob = await app.customer();
    await bob.send("/support");
    await bob.waitForMessage(/Type your message/u);
    await bob.send("Where is my key?");
    await cardOf(person, bob);
    const left = role === "support" ? /^(?:decide|ticket-close|approve-yes|act:undo)/u : /^$/u;
    const seen = [...(await walkMenu({ person, app }, left))];
    expect(seen).toEqual(expect.arrayContaining(["admin", "admin-pending", "admin-find"]));
    expect(seen.filter((kind) => changes.test(kind) && kind !== "sure-undo:<n>:<mark>")).toEqual(
      [],
    );
    const deciding = seen.filter((kind) => decides.test(kind)).length > 0;
    const seesShop = seen.some((kind) => /^(?:settings|plans-edit|unmatched)/u.test(kind));
    expect({ deciding, seesShop }).toEqual({
      deciding: role === "support",
      seesShop: role === "viewer",
    });
  },
  // Hundreds of buttons.
  180_000,
);
