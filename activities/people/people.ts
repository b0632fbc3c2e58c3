import { setTimeout as delay } from "node:timers/promises";
import { waitingHosts } from "../../db/access/accesses.ts";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { bookTime } from "../../db/access/time-lots.ts";
import { enqueue, requeueUndelivered } from "../../db/messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../../db/orm.ts";
import type { AdminActs, RecordedAct } from "../../db/people/admin-acts.ts";
import { sendOpenQuestions, findDecision } from "../../db/people/approvals.ts";
import { customerOf, type Customers, register, rejectIn } from "../../db/people/customers.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { ApprovalId, SubscriptionId, TelegramId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { AdminActRequest } from "../../domain/people/admin-act.ts";
import { signupApprovalId } from "../../domain/people/approval.ts";
import type { Challenge } from "../../domain/people/captcha.ts";
import {
  type Customer,
  type Language,
  type Profile,
  referrerOf,
} from "../../domain/people/customer.ts";
import {
  type Entrance,
  entranceFor,
  type SignupPolicy,
  unbookedDecision,
} from "../../domain/people/signup.ts";
import { dayMs, type Instant, instant } from "../../domain/time.ts";
import type { Opened } from "../../workflows/contract/people.ts";
import { addFirstDevice, type DevicePorts } from "../access/first-device.ts";

export interface PeoplePorts extends DevicePorts {
  readonly em: EntityManager;
  readonly customers: Customers;
  readonly acts: AdminActs;
  readonly cache: ReadCache;
  readonly policy: SignupPolicy;
  readonly adminIds: readonly TelegramId[];
  readonly now: () => Date;
}

export interface Arrived {
  readonly customer: Customer;
  readonly entrance: Entrance;
  readonly policy: SignupPolicy;
  /** What waits for an admin's decision, where an admin has arrived. */
  readonly waiting: readonly ApprovalId[];
}

/** Where a message of a story stands in the chat, and what it is about. */
export interface Placed {
  readonly key: string;
  readonly slot?: string;
  readonly action?: "send" | "edit";
  /** Telegram's number of it where it was sent already. */
  readonly sentAs?: number;
}

export type PeopleActivities = ReturnType<typeof createPeopleActivities>;

/** How often the books are looked at while an admin waits for the hosts to follow. */
const lookMs = 50;

export function createPeopleActivities(ports: PeoplePorts) {
  const { em, customers, acts, cache, policy } = ports;
  return {
    /** Registers the person and writes the first answer; says which way they go on. */
    async arrive(
      { requestId, profile, payload, asked }: Opened,
      question: { readonly challenge: Challenge; readonly slot: string },
      now: Instant,
    ): Promise<Arrived> {
      const { telegramId: to } = profile;
      const admin = ports.adminIds.includes(to);
      const referrer = referrerOf(payload, to);
      const arrived = await inTransaction(em, async (db) => {
        const registered = customerOf(await register(db, profile, { admin, referrer, now }));
        const { customer, isApproved } = await catchUp(db, registered);
        const entrance = entranceFor(customer, policy, now, isApproved);
        const answered = { key: `start/${requestId}`, asked, ...question };
        await enqueue(db, firstAnswer(to, entrance, answered));
        const waiting = entrance.kind === "admin" ? await sendOpenQuestions(db, to) : [];
        if (entrance.kind === "alreadyActive") await requeueUndelivered(db, to);
        return { customer, entrance, policy, waiting };
      });
      await cache.forget(to);
      return arrived;
    },

    async say(to: TelegramId, notice: Notice, placed: Placed): Promise<void> {
      await enqueue(queriesOf(em), [{ ...placed, to, content: { kind: "notice", notice } }]);
    },

    /** Undefined: the customer was blocked while the request was open. */
    async openSubscription(
      of: TelegramId,
      trialDays: number,
      now: Instant,
    ): Promise<SubscriptionRef | undefined> {
      const ref = await inTransaction(em, async (db) => {
        const opened = await openSubscription(db, of);
        if (opened === undefined) return undefined;
        const { ref, locked } = opened;
        const key = `approved/${ref.id}`;
        if (trialDays <= 0) {
          await enqueue(db, [noticeTo(of, key, { kind: "approvedWithoutTime" })]);
          return ref;
        }
        const ms = Math.round(trialDays * dayMs);
        const trial = { kind: "trial", cause: `trial/${ref.id}`, ms, at: now } as const;
        const { account } = await bookTime(db, locked, [trial]);
        const until = account.paidUntil ?? now;
        await enqueue(db, [noticeTo(of, key, { kind: "approvedWithTrial", until })]);
        await addFirstDevice(ports, db, { ref, now });
        return ref;
      });
      await cache.forget(of);
      return ref;
    },

    /** Books the rejection and tells the person from when on they may ask again. */
    async reject(of: TelegramId, key: string, now: Instant): Promise<void> {
      const mayAskAgainAt = instant(Date.parse(now) + policy.reapplyAfterMs);
      await customers.reject(of, now, [noticeTo(of, key, { kind: "rejected", mayAskAgainAt })]);
      await cache.forget(of);
    },

    async changeLanguage(of: TelegramId, language: Language, key: string): Promise<void> {
      const notice = { kind: "languageChanged", language } as const;
      await customers.setLanguage(of, language, [noticeTo(of, key, notice)]);
      await cache.forget(of);
    },

    /** Names follow Telegram; a @username that changed hands is known of its latest holder alone. */
    async followProfile(profile: Profile): Promise<void> {
      const former = await customers.follow(profile);
      for (const one of [profile.telegramId, ...former]) await cache.forget(one);
    },

    async recordAct(request: AdminActRequest, now: Instant): Promise<RecordedAct> {
      const recorded = await acts.actOnce(request, now, {
        addFirstDevice: (db, ref, at) => addFirstDevice(ports, db, { ref, now: at }),
      });
      await cache.forget(request.act.customer);
      return recorded;
    },

    /** Names the hosts that do not follow the books yet; waits up to `waitMs` for there to be none. */
    async hostsBehind(of: SubscriptionId, waitMs: number): Promise<string[]> {
      const began = performance.now();
      for (;;) {
        const behind = await waitingHosts(queriesOf(em), of, instant(ports.now()));
        if (behind.length === 0 || performance.now() - began >= waitMs) return behind;
        await delay(lookMs);
      }
    },

    /** Tells the admin that an act is done, or which hosts follow later. */
    async confirmAct(
      { requestId, by, act: { kind: act } }: AdminActRequest,
      name: string,
      hosts: readonly string[],
    ): Promise<void> {
      const notice: Notice =
        hosts.length === 0
          ? { kind: "actDone", act, name }
          : { kind: "actWaits", act, name, hosts };
      const key = `act/${requestId}/${notice.kind}`;
      await enqueue(queriesOf(em), [noticeTo(by, key, notice)]);
    },
  };
}

/** Books a decision that was made and never booked, because the signup that was to do so was ended. */
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
  /** Telegram's number of the question, where the bot has asked it already. */
  readonly asked: number | undefined;
}

/** The question to a stranger. Whoever was taken for one and is not sees it turn into their answer. */
function firstAnswer(
  to: TelegramId,
  entrance: Entrance,
  { key, challenge, slot, asked }: FirstAnswer,
): readonly OutgoingMessage[] {
  const sent = asked === undefined ? {} : { sentAs: asked };
  const question = { ...noticeTo(to, key, { kind: "captchaAsked", challenge }), slot, ...sent };
  if (entrance.kind === "captcha") return [question];
  const notice = noticeAt(entrance);
  if (notice === undefined) return [];
  const answer = noticeTo(to, key, notice);
  if (asked === undefined) return [answer];
  return [
    { ...question, key: `${key}/asked` },
    { ...answer, slot, action: "edit" },
  ];
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
      return { kind: "adminWelcome" };
  }
}
