import type { Approvals, Ask } from "../db/approvals.ts";
import type { Customers } from "../db/customers.ts";
import type {
  AdminMessage,
  ApprovalOutcome,
  ApprovalSubject,
  DecisionMade,
} from "../domain/approval.ts";
import { type Addressee, displayName, type Language } from "../domain/customer.ts";
import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import { type Instant, instant } from "../domain/time.ts";
import type { Keyboard } from "../gateways/messenger.ts";
import { escapeHtml, momentIn, textsIn } from "../texts/index.ts";
import { moneyIn } from "../texts/money.ts";
import type { Outbox } from "./outbox.ts";

export interface ApprovalPorts {
  readonly approvals: Approvals;
  readonly customers: Customers;
  readonly outbox: Outbox;
}

export type ApprovalActivities = ReturnType<typeof createApprovalActivities>;

export function createApprovalActivities({ approvals, customers, outbox }: ApprovalPorts) {
  async function askEach(
    admins: readonly Addressee[],
    ask: Ask,
    subject: ApprovalSubject,
    at: Instant,
  ) {
    const asked = await Promise.all(
      admins.map(async (admin): Promise<AdminMessage[]> => {
        const { telegramId: adminId } = admin;
        const html = await question(customers, admin.language, subject, at);
        const keyboard = decisionButtons(admin.language, ask);
        const told = await outbox.send(admin, { kind: "text", html, keyboard });
        return told.kind === "sent" ? [{ adminId, messageId: told.messageId }] : [];
      }),
    );
    return asked.flat();
  }

  return {
    /** Asks every admin who can be reached, and answers where the questions stand. */
    async askAdmins(ask: Ask, subject: ApprovalSubject, at: Instant): Promise<AdminMessage[]> {
      await approvals.openOnce(ask, subject, at);
      return askEach(await customers.admins(), ask, subject, at);
    },

    /** Asks one admin who has come later. */
    async askAdmin(to: TelegramId, ask: Ask, subject: ApprovalSubject): Promise<AdminMessage[]> {
      const admin = (await customers.admins()).filter(({ telegramId }) => telegramId === to);
      return askEach(admin, ask, subject, instant(new Date()));
    },

    async remindAdmins(messages: readonly AdminMessage[], subject: ApprovalSubject, hours: number) {
      const person = await customers.find(subject.telegramId);
      const name = person ? displayName(person) : String(subject.telegramId);
      for (const { adminId } of messages) {
        const admin = await outbox.addressee(adminId);
        const html = textsIn(admin.language).approvalReminder(name, hours);
        await outbox.send(admin, { kind: "text", html });
      }
    },

    /** False: this person may not decide, or somebody has decided before. */
    recordDecision: (id: ApprovalId, made: DecisionMade, now: Instant): Promise<boolean> =>
      approvals.decideOnce(id, made, now),

    recordLapse: (ask: Ask, now: Instant): Promise<void> => approvals.lapse(ask, now),

    /** Takes the buttons away everywhere and says who decided, and when. */
    async showOutcome(
      messages: readonly AdminMessage[],
      subject: ApprovalSubject,
      { outcome, askedAt }: { outcome: ApprovalOutcome; askedAt: Instant },
    ): Promise<void> {
      const by = outcome.kind === "lapsed" ? undefined : await customers.find(outcome.by);
      await Promise.all(
        messages.map(async ({ adminId, messageId }) => {
          const admin = await outbox.addressee(adminId);
          const asked = await question(customers, admin.language, subject, askedAt);
          const who = by ? displayName(by) : "—";
          const html = `${asked}\n\n${verdict(admin.language, outcome, who)}`;
          await outbox.edit(admin, messageId, { kind: "text", html });
        }),
      );
    },
  };
}

async function question(
  customers: Customers,
  language: Language,
  subject: ApprovalSubject,
  at: Instant,
): Promise<string> {
  const person = await customers.find(subject.telegramId);
  if (subject.kind === "refund") {
    return textsIn(language).askRefund({
      name: person ? displayName(person) : "—",
      id: subject.telegramId,
      amount: moneyIn(language, subject.amount),
      gateway: textsIn(language).gatewayName(subject.gateway),
      reason: subject.reason,
      at: momentIn(language, at),
    });
  }
  const invitedBy = await customers.referrerOf(subject.telegramId);
  return textsIn(language).askSignup({
    name: person ? displayName(person) : "—",
    username: person?.username ? `@${escapeHtml(person.username)}` : "",
    id: subject.telegramId,
    language: person?.language ?? "en",
    invited: invitedBy ? String(invitedBy) : "",
    at: momentIn(language, at),
  });
}

function decisionButtons(language: Language, { approvalId, ask }: Ask): Keyboard {
  const texts = textsIn(language);
  return [
    [
      { text: texts.approve, data: `decide:${approvalId}:${ask}:approve` },
      { text: texts.reject, data: `decide:${approvalId}:${ask}:reject` },
    ],
  ];
}

function verdict(language: Language, outcome: ApprovalOutcome, by: string): string {
  const texts = textsIn(language);
  const at = momentIn(language, outcome.at);
  switch (outcome.kind) {
    case "approved":
      return texts.decidedApproved(by, at);
    case "rejected":
      return texts.decidedRejected(by, at);
    case "lapsed":
      return texts.decidedLapsed(at);
  }
}
