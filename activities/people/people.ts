import { listWaitingHosts } from "../../db/access/accesses.ts";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { bookTime } from "../../db/access/time-lots.ts";
import { enqueue, requeueUndelivered } from "../../db/messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../../db/orm.ts";
import type { AdminActs } from "../../db/people/admin-acts.ts";
import { findDecision, findReason, sendOpenQuestions } from "../../db/people/approvals.ts";
import {
  customerOf,
  type Customers,
  lockCustomer,
  register,
  rejectIn,
} from "../../db/people/customers.ts";
import { giveBack, isLastUndone } from "../../db/people/undone-decisions.ts";
import { loadShopSettings } from "../../db/queries/operations/shop-settings.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { SubscriptionId, TelegramId } from "../../domain/ids.ts";
import { answerNotice, noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { AdminActRequest, RecordedAct } from "../../domain/people/admin-act.ts";
import { signupApprovalId } from "../../domain/people/approval.ts";
import type { Challenge } from "../../domain/people/captcha.ts";
import {
  type Customer,
  type Language,
  type Profile,
  referrerOf,
  roleIn,
  type Staff,
} from "../../domain/people/customer.ts";
import {
  type Entrance,
  entranceFor,
  type SignupPolicy,
  unbookedDecision,
} from "../../domain/people/signup.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { StartPress } from "../../workflows/contract/people.ts";
import type { ActConfirmed, ArrivalResult, PeopleSteps } from "../../workflows/steps/people.ts";
import { addFirstDevice, type DevicePorts } from "../access/first-device.ts";
import { pause } from "../pause.ts";

/** What the steps of people's workflows read and write. */
export interface PeoplePorts extends DevicePorts {
  readonly em: EntityManager;
  readonly customers: Customers;
  readonly acts: AdminActs;
  readonly cache: ReadCache;
  readonly policy: SignupPolicy;
  /** Who gets which role by pressing Start. */
  readonly staff: Staff;
  readonly now: () => Date;
}

/** How often the database is read while an admin waits for the hosts to follow. */
const pollMs = 50;

/** The activities of people's workflows: signup, profile, language, admin acts. */
export function createPeopleActivities(ports: PeoplePorts): PeopleSteps {
  const { em } = ports;
  return {
    arrive: (press, first, now) => arrive(ports, press, first, now),
    sendNotice: (to, notice, place) =>
      enqueue(queriesOf(em), [{ ...place, to, content: { kind: "notice", notice } }]),
    openSubscription: (of, now) => openWithTrial(ports, of, now),
    reject: (of, key, now) => reject(ports, of, key, now),
    changeLanguage: (of, language, key, shownIn) =>
      changeLanguage(ports, of, language, { key, shownIn }),
    storeProfile: (profile) => storeProfile(ports, profile),
    recordAct: (request, now) => recordAct(ports, request, now),
    listHostsBehind: (of, waitMs) => awaitHosts(ports, of, waitMs),
    confirmAct: (request, name, hosts) => confirmAct(ports, request, name, hosts),
  };
}

async function arrive(
  { em, cache, policy, staff }: PeoplePorts,
  { requestId, profile, payload, asked, askedBefore = [], isAnswered, asCustomer }: StartPress,
  first: { readonly challenge: Challenge; readonly slot: string },
  now: Instant,
): Promise<ArrivalResult> {
  const { telegramId: to } = profile;
  const role = roleIn(staff, to);
  const referrer = referrerOf(payload, to);
  const arrival = await inTransaction(em, async (db) => {
    const registered = customerOf(await register(db, profile, { role, referrer, now }));
    const { customer, isApproved } = await catchUp(db, registered);
    const entrance = entranceFor(customer, policy, now, { isApproved, asCustomer });
    const question = { key: `start/${requestId}`, asked, askedBefore, ...first };
    const isKnown = entrance.kind === "alreadyActive" || entrance.kind === "admin";
    if (!(isKnown && isAnswered)) await enqueue(db, firstAnswer(to, entrance, question));
    const waiting = entrance.kind === "admin" ? await sendOpenQuestions(db, to, customer.role) : [];
    if (entrance.kind === "alreadyActive") await requeueUndelivered(db, to);
    const asks = entrance.kind === "captcha" && (await loadShopSettings(db)).channels.length > 0;
    return { customer, entrance, policy, waiting, ...(asks && { asksChannels: true as const }) };
  });
  await cache.forget(to);
  return arrival;
}

async function openWithTrial(
  ports: PeoplePorts,
  of: TelegramId,
  now: Instant,
): Promise<SubscriptionRef | undefined> {
  const ref = await inTransaction(ports.em, async (db) => {
    await lockCustomer(db, of);
    if (await isLastUndone(db, of)) return undefined;
    const { trial } = await loadShopSettings(db);
    const opened = await openSubscription(db, of, trial.deviceLimit);
    if (opened === undefined) return undefined;
    const { ref, locked, restoredAfter } = opened;
    const key = ["approved", ref.id, ...(restoredAfter ? [restoredAfter] : [])].join("/");
    if (trial.ms <= 0) {
      await enqueue(db, [noticeTo(of, key, { kind: "approvedWithoutTime" })]);
      return ref;
    }
    const { ms } = trial;
    const lot = { kind: "trial", cause: `trial/${ref.id}`, ms, at: now } as const;
    const booked = await bookTime(db, locked, [lot]);
    const { account } = (await giveBack(db, locked, now)) ?? booked;
    const until = account.paidUntil ?? now;
    await enqueue(db, [noticeTo(of, key, { kind: "approvedWithTrial", until })]);
    await addFirstDevice(ports, db, { ref, now });
    return ref;
  });
  await ports.cache.forget(of);
  return ref;
}

async function reject(
  { em, cache, policy }: PeoplePorts,
  of: TelegramId,
  key: string,
  now: Instant,
): Promise<void> {
  const mayAskAgainAt = instant(Date.parse(now) + policy.reapplyAfterMs);
  await inTransaction(em, async (db) => {
    await lockCustomer(db, of);
    if (await isLastUndone(db, of)) return;
    const reason = await findReason(db, signupApprovalId(of));
    const notice = { kind: "rejected", mayAskAgainAt, ...(reason && { reason }) } as const;
    await rejectIn(db, of, now);
    await enqueue(db, [noticeTo(of, key, notice)]);
  });
  await cache.forget(of);
}

async function changeLanguage(
  { customers, cache }: PeoplePorts,
  of: TelegramId,
  language: Language,
  { key, shownIn }: { readonly key: string; readonly shownIn: number | undefined },
): Promise<void> {
  const notice = { kind: "languageChanged", language } as const;
  await customers.setLanguage(of, language, answerNotice(of, key, notice, shownIn));
  await cache.forget(of);
}

async function storeProfile({ customers, cache }: PeoplePorts, profile: Profile): Promise<void> {
  const former = await customers.storeProfile(profile);
  for (const one of [profile.telegramId, ...former]) await cache.forget(one);
}

async function recordAct(
  ports: PeoplePorts,
  request: AdminActRequest,
  now: Instant,
): Promise<RecordedAct> {
  const recorded = await ports.acts.actOnce(request, now, {
    addFirstDevice: (db, ref, at) => addFirstDevice(ports, db, { ref, now: at }),
    policy: ports.policy,
  });
  await ports.cache.forget(request.act.customer);
  return recorded;
}

async function awaitHosts(
  { em, now }: PeoplePorts,
  of: SubscriptionId,
  waitMs: number,
): Promise<string[]> {
  const began = performance.now();
  for (;;) {
    const behind = await listWaitingHosts(queriesOf(em), of, instant(now()));
    if (behind.length === 0 || performance.now() - began >= waitMs) return behind;
    await pause(pollMs);
  }
}

async function confirmAct(
  { em }: PeoplePorts,
  { requestId, by, act: { kind: act, customer }, shownIn }: AdminActRequest,
  { isLate = false, ...done }: ActConfirmed,
  hosts: readonly string[],
): Promise<void> {
  const about = { act, customer, ...done };
  const notice: Notice =
    hosts.length === 0 ? { kind: "actDone", ...about } : { kind: "actWaits", ...about, hosts };
  const key = `act/${requestId}/${notice.kind}`;
  // The page has become the first answer; what comes later is news.
  await enqueue(queriesOf(em), answerNotice(by, key, notice, isLate ? undefined : shownIn));
}

/** Books a decision that was never booked because the signup that should have done so was ended. */
async function catchUp(
  db: Queries,
  customer: Customer,
): Promise<{ readonly customer: Customer; readonly isApproved: boolean }> {
  if (customer.status !== "pending" && customer.status !== "rejected") {
    return { customer, isApproved: false };
  }
  const { telegramId: of } = customer;
  const decision = unbookedDecision(customer, await findDecision(db, signupApprovalId(of)));
  if (decision?.kind !== "rejected") return { customer, isApproved: decision !== undefined };
  await rejectIn(db, of, decision.at);
  return {
    customer: { ...customer, status: "rejected", rejectedAt: decision.at },
    isApproved: false,
  };
}

interface FirstAnswer {
  readonly key: string;
  readonly challenge: Challenge;
  readonly slot: string;
  /** Telegram's message id of the question, if the bot has asked it already. */
  readonly asked: number | undefined;
  /** Those of earlier presses. */
  readonly askedBefore: readonly number[];
}

/** The question to a stranger. A person who was wrongly asked sees it turn into their answer. */
function firstAnswer(
  to: TelegramId,
  entrance: Entrance,
  { key, challenge, slot, asked, askedBefore }: FirstAnswer,
): readonly OutgoingMessage[] {
  const question = { ...noticeTo(to, key, { kind: "captchaAsked", challenge }), slot };
  const all = asked === undefined ? askedBefore : [...askedBefore, asked];
  const sent = all.map((sentAs) => ({ ...question, key: `${key}/asked/${sentAs}`, sentAs }));
  if (entrance.kind === "captcha") return asked === undefined ? [...sent, question] : sent;
  const notice = noticeAt(entrance);
  if (notice === undefined) return [];
  const answer = noticeTo(to, key, notice);
  return sent.length === 0 ? [answer] : [...sent, { ...answer, slot, action: "edit" }];
}

function noticeAt(entrance: Exclude<Entrance, { kind: "captcha" }>): Notice | undefined {
  switch (entrance.kind) {
    case "silence":
    case "approved":
      return undefined;
    case "tooEarly":
      return entrance;
    case "alreadyActive":
      return { kind: "welcomeBack" };
    case "admin":
      return entrance.role === "admin"
        ? { kind: "adminWelcome" }
        : { kind: "adminWelcome", role: entrance.role };
  }
}
