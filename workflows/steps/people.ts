import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { ApprovalId, SubscriptionId, TelegramId } from "../../domain/ids.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { ActEffect, AdminActRequest, RecordedAct } from "../../domain/people/admin-act.ts";
import type {
  ApprovalAsk,
  ApprovalOutcome,
  ApprovalSubject,
  DecisionMade,
} from "../../domain/people/approval.ts";
import type { Challenge } from "../../domain/people/captcha.ts";
import type { MemberReturn, RequiredChannel } from "../../domain/people/channels.ts";
import type { Customer, Language, Profile } from "../../domain/people/customer.ts";
import type { Entrance, SignupPolicy } from "../../domain/people/signup.ts";
import type { Instant } from "../../domain/time.ts";
import type { StartPress } from "../contract/people.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** Who pressed Start, and how their signup continues under which settings. */
export interface ArrivalResult {
  readonly customer: Customer;
  readonly entrance: Entrance;
  readonly policy: SignupPolicy;
  /** The shop requires channels: newcomers are asked to join them after the captcha. */
  readonly asksChannels?: true;
  /** Open questions, if the person is an admin. */
  readonly waiting: readonly ApprovalId[];
}

/** A message's key and its place in the chat. */
export interface MessagePlace {
  readonly key: string;
  readonly slot?: string;
  readonly action?: "send" | "edit";
  /** Telegram's message id if it was sent already. */
  readonly sentAs?: number;
}

/** An act as the admin is told of it: whom it was about, and what it has changed. */
export interface ActConfirmed {
  readonly name: string;
  readonly effect?: ActEffect;
  /** The admin was told of hosts to wait for: this is news, and no answer to a press any more. */
  readonly isLate?: boolean;
}

/** The steps of people's workflows: signup, profile, language, admin acts. */
export interface PeopleSteps {
  /** Registers the person, writes the first answer and returns how signup continues. */
  arrive(
    press: StartPress,
    first: { readonly challenge: Challenge; readonly slot: string },
    now: Instant,
  ): Promise<ArrivalResult>;
  /** Writes one notice to a person. */
  sendNotice(to: TelegramId, notice: Notice, place: MessagePlace): Promise<void>;
  /**
   * Opens the subscription, with the trial that the shop's settings say now. Undefined: the customer
   * was blocked while the request was open.
   */
  openSubscription(of: TelegramId, now: Instant): Promise<SubscriptionRef | undefined>;
  /** Books the rejection and tells the person when they may apply again. */
  reject(of: TelegramId, key: string, now: Instant): Promise<void>;
  /** Stores the language and confirms it in that language. */
  changeLanguage(
    of: TelegramId,
    language: Language,
    key: string,
    shownIn: number | undefined,
  ): Promise<void>;
  /** Stores the names that Telegram reports; a @username belongs to its latest owner alone. */
  storeProfile(profile: Profile): Promise<void>;
  /** Books an admin's act with its effects and its audit row, once. */
  recordAct(request: AdminActRequest, now: Instant): Promise<RecordedAct>;
  /** Names of hosts that do not follow the books yet; waits up to `waitMs` for all to follow. */
  listHostsBehind(of: SubscriptionId, waitMs: number): Promise<string[]>;
  /** Answers the admin that an act is done, or which hosts follow later. */
  confirmAct(request: AdminActRequest, done: ActConfirmed, hosts: readonly string[]): Promise<void>;
}

/** Which customers a check of channels looks at: all, or those whose grace is over. */
export type CheckScope =
  | { readonly kind: "all"; /** Where the last part ended. */ readonly after?: string }
  | { readonly kind: "left" };

/** What a part of a check came to. `off`: the shop requires no channels. */
export type MembersChecked =
  | { readonly kind: "off" }
  | {
      readonly kind: "checked";
      /** There are more: where the next part begins. */
      readonly after?: string;
      /** When the next grace ends of somebody who has left. */
      readonly graceEndsAt?: Instant;
    };

/** The steps that ask Telegram who is in the channels that the shop requires. */
export interface ChannelSteps {
  /**
   * The channels in which this person is missing. One that cannot be looked up counts as joined, and
   * the admins are notified of it once a day.
   */
  findMissingChannels(of: TelegramId, now: Instant): Promise<readonly RequiredChannel[]>;
  /**
   * Looks at a part of the customers who have access, and books who has left, who is suspended for
   * it, and who is back. Goes on where it was when it is taken over.
   */
  checkMembers(scope: CheckScope, now: Instant): Promise<MembersChecked>;
  /** Looks at a customer who says that they are back, books it and answers them, once a press. */
  checkReturn(request: MemberReturn, now: Instant): Promise<void>;
}

/** The steps of approvals. */
export interface ApprovalSteps {
  /**
   * Records the question and sends it to every admin.
   * @returns how many admins there are.
   */
  openApproval(ask: ApprovalAsk, subject: ApprovalSubject, at: Instant): Promise<number>;
  /**
   * Reminds admins of an open question.
   * @returns how it was decided, if it was.
   */
  remindAdmins(ask: ApprovalAsk, now: Instant): Promise<ApprovalOutcome | undefined>;
  /** How it was last decided; undefined: it was never asked, or is open. */
  findDecision(id: ApprovalId): Promise<ApprovalOutcome["kind"] | undefined>;
  /** Records a decision. False: this person may not decide, or it was decided before. */
  recordDecision(id: ApprovalId, made: DecisionMade, now: Instant): Promise<boolean>;
  /**
   * Records that nobody decided.
   * @returns how it ended: it may have been decided before.
   */
  recordLapse(ask: ApprovalAsk, now: Instant): Promise<ApprovalOutcome>;
}

/** The summaries of the steps of signups, approvals, acts and channels. */
export const summaries: Summaries<PeopleSteps & ApprovalSteps & ChannelSteps> = {
  arrive: "registers the person and picks the next step",
  sendNotice: "writes a message to the person",
  openSubscription: "makes the person a customer with a subscription",
  reject: "books the rejection",
  changeLanguage: "books the language",
  storeProfile: "books the names that Telegram reports now",
  recordAct: "books the act with all that follows, and its audit row",
  listHostsBehind: "looks up which hosts do not follow yet",
  confirmAct: "tells the admin how it stands",
  openApproval: "books the question and asks every admin",
  remindAdmins: "reminds the admins",
  recordDecision: "books the decision and its audit row",
  findDecision: "looks up how it was decided",
  recordLapse: "books that nobody decided in time",
  findMissingChannels: "asks Telegram which channels the person has not joined",
  checkMembers: "asks Telegram who has left a channel, and books what follows",
  checkReturn: "asks Telegram whether the customer is back, and answers",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { externalUntil, localDb, longPass } = proxySteps<
  PeopleSteps & ApprovalSteps & ChannelSteps
>(summaries);
