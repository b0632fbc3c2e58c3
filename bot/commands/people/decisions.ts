import type { Composer } from "telegraf";
import { actOnCustomer } from "../../../client/people.ts";
import type { DecidedRequest } from "../../../db/queries/people/decided-requests.ts";
import { pendingButton } from "../../../domain/messaging/buttons.ts";
import { undoableMs } from "../../../domain/people/approval.ts";
import { type Instant, instant, msBetween, toMs } from "../../../domain/time.ts";
import { dayIn, momentIn } from "../../../texts/index.ts";
import { reasonText } from "../../../texts/reasons.ts";
import { decisionsButton, sureUndoButton, undoButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, inPressed, requestIdOf, show } from "../../request.ts";
import { fitLabel, truncate } from "../fit-lines.ts";
import { mostListed, type Page, pageOf, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { confirmAct } from "./acts.ts";

/** The last decisions on signups, which can be undone for an hour. */
export function addDecisions(bot: Composer<BotContext>, ports: BotPorts): void {
  const { admin, client, customers } = ports;
  onAdminPageButton(bot, decisionsButton, "decisions", async (context, { page }) => {
    const decided = await orUnavailable(admin.listDecided(mostListed));
    return decisionsPage(context, decided, { number: page, now: instant(new Date()) });
  });
  onAdminButton(bot, sureUndoButton, "sure-undo", async (context, { id, ask }) => {
    const decided = id && (await orUnavailable(admin.findDecided(id, ask)));
    const { undone, tooLate, changedSince } = context.texts.people.act;
    if (decided === undefined || decided.undoneBy !== undefined) {
      return answerPress(context, undone, true);
    }
    if (!isUndoable(decided, instant(new Date()))) return answerPress(context, tooLate, true);
    if (!decided.isAsDecided) return answerPress(context, changedSince, true);
    const [first] = await orUnavailable(customers.listSubscriptions(decided.person.telegramId));
    answerPress(context);
    const page = sureUndoPage(context, decided, first?.paidUntil ?? undefined);
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, undoButton, "act-undo", async (context, { id: customer, ask }) => {
    if (customer === undefined)
      return answerPress(context, context.texts.people.act.noCustomer, true);
    const act = { kind: "undo", customer, ask } as const;
    const by = context.telegramId;
    const asked = { requestId: requestIdOf(context), by, act, ...inPressed(context) };
    confirmAct(context, await actOnCustomer(client, asked));
  });
}

const isUndoable = ({ at }: DecidedRequest, now: Instant): boolean =>
  msBetween(at, now) <= undoableMs;

/** Who decided what and when, newest first, with what can still be undone. */
export function decisionsPage(
  context: BotContext,
  decided: readonly DecidedRequest[],
  { number = 1, now }: { readonly number?: number | undefined; readonly now: Instant },
): Page {
  const { approval } = context.texts.people;
  const mayUndo = may(context, "decideSignups");
  const entries = decided.map((one) => ({
    line: lineOf(context, one),
    ...(mayUndo && one.undoneBy === undefined && one.isAsDecided && isUndoable(one, now)
      ? { buttons: [[undoOf(context, one)]] }
      : {}),
  }));
  const foot = decided.length === 0 ? approval.noDecisions : `\n${approval.undoOver}`;
  const list = {
    head: approval.decisionsTitle,
    entries,
    ...(decided.length === 0 || mayUndo ? { foot } : {}),
    perPage: 8,
    turnTo: (page: number) => decisionsButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), pendingButton.data({}));
}

function lineOf(context: BotContext, { state, person, by, at, reason, undoneBy }: DecidedRequest) {
  const { texts } = context;
  const { approval } = texts.people;
  const name = truncate(person.name);
  return [
    approval.decided[state](name, truncate(by), momentIn(context, at)),
    ...(reason === undefined ? [] : [reasonText(texts, reason)]),
    ...(undoneBy === undefined ? [] : [approval.wasUndone(truncate(undoneBy))]),
  ].join("\n");
}

function undoOf({ texts }: BotContext, { person, ask }: DecidedRequest) {
  return {
    text: fitLabel(person.name, texts.people.approval.undo),
    data: sureUndoButton.data({ id: person.telegramId, ask }),
  };
}

function sureUndoPage(
  context: BotContext,
  { person, state, ask }: DecidedRequest,
  until: Instant | undefined,
): Page {
  const { approval } = context.texts.people;
  const now = instant(new Date());
  const end = until === undefined ? "" : dayIn(context, until, now);
  const isOver = state === "approved" && until !== undefined && toMs(until) <= toMs(now);
  const yes = { text: approval.yesUndo, data: undoButton.data({ id: person.telegramId, ask }) };
  const text = approval.sureUndo[isOver ? "over" : state](person.name, end);
  return withBack(context, { text, buttons: [[yes]] }, decisionsButton.data({}));
}
