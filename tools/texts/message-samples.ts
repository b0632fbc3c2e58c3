import { approvalText, digestText, reminderText } from "../../activities/messaging/approvals.ts";
import { invoiceQr, invoiceText } from "../../activities/messaging/invoices.ts";
import { fileLinkMessage, keyMessage, type OwnLink } from "../../activities/messaging/keys.ts";
import {
  ticketCard,
  ticketMessage,
  ticketReminder,
  topicName,
} from "../../activities/messaging/ticket-texts.ts";
import type { ApprovalFacts, InvoiceFacts } from "../../db/messaging/message-facts.ts";
import type { TicketMessageFacts, TicketPerson } from "../../db/messaging/ticket-facts.ts";
import type { AccessOwner } from "../../db/queries/access/owners.ts";
import type { KeyPart } from "../../domain/access/credentials.ts";
import { type ApprovalId, hostId, telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { gatewayName, paymentStates } from "../../domain/payments/payment.ts";
import type { ApprovalSubject } from "../../domain/people/approval.ts";
import { displayName, type Language } from "../../domain/people/customer.ts";
import { addMs, dayMs, hourMs, type Instant, minuteMs } from "../../domain/time.ts";
import type { Credentials } from "../../gateways/hosts/port.ts";
import type { Message } from "../../gateways/messenger/port.ts";
import { type ReaderLocale, textsIn } from "../../texts/index.ts";
import { renderNotice } from "../../texts/notices.ts";
import type { Section } from "./catalogue-entry.ts";
import { deviceIds, names, paymentIds, sampleCustomerId, sampleId } from "./sample-people.ts";

/** A message that a worker sends, as its renderer returns it. */
export interface MessageSample {
  readonly section: Section;
  readonly name: string;
  readonly message: Message;
}

/** Every message that is neither a notice nor a page of the bot. */
export function messageSamples(locale: ReaderLocale, now: Instant): MessageSample[] {
  return [
    ...invoiceSamples(locale, now),
    ...keySamples(locale.language),
    aboutOneOfSeveral(locale, now),
    ...approvalSamples(locale, now),
    ...ticketSamples(locale, now),
  ];
}

const address = "UQBn4k0z9iS1c7y2Gm0dV5mWl8bX3eKfTq6uH2pRaYwN1oLJ";

function invoiceSamples(locale: ReaderLocale, now: Instant): MessageSample[] {
  const order: InvoiceFacts = {
    id: paymentIds.open,
    state: "open",
    invoice: undefined,
    gateway: "tbank",
    price: money(29_900, "RUB"),
    extra: undefined,
    days: 30,
    planCode: "month",
    planNames: { en: "Month", ru: "Месяц" },
    lapsesAt: addMs(now, 30 * minuteMs),
    isBlocked: false,
  };
  const page = { kind: "page", reference: "3815", url: "https://pay.example/3815" };
  const ton: InvoiceFacts = {
    ...order,
    gateway: "ton",
    price: money(1_500_000_000, "GRAM"),
    invoice: {
      kind: "transfer",
      reference: address,
      address,
      comment: "K7QWX2MB",
      url: `ton://transfer/${address}?amount=1500000000&text=K7QWX2MB`,
    },
  };
  const part: InvoiceFacts = { ...ton, invoice: { ...ton.invoice, missing: "500000000" } };
  const topUp: InvoiceFacts = { ...order, extra: { kind: "topUp" } };
  const pack: InvoiceFacts = { ...order, extra: { kind: "traffic", bytes: 10 * 1_024 ** 3 } };
  const until = addMs(now, 20 * dayMs);
  const device: InvoiceFacts = { ...order, extra: { kind: "device", until } };
  const sample = (name: string, facts: InvoiceFacts): MessageSample => ({
    section: "payments",
    name: `invoice: ${name}`,
    message: invoiceText(facts, locale),
  });
  const qr = invoiceQr(ton, locale.language);
  return [
    sample("not issued yet", order),
    sample("to be paid on a page", { ...order, invoice: page }),
    sample("to be paid from a wallet", ton),
    sample("a part is missing", part),
    ...(qr === undefined
      ? []
      : [{ section: "payments" as const, name: "invoice: picture", message: qr }]),
    ...paymentStates
      .filter((state) => state !== "open")
      .map((state) => sample(state, { ...order, state, invoice: page })),
    sample("settled, with a saved card", {
      ...order,
      state: "settled",
      savedCard: "220138******0047",
    }),
    sample("top-up, to be paid on a page", { ...topUp, invoice: page }),
    sample("top-up, expired", { ...topUp, state: "lapsed" }),
    sample("traffic pack", { ...pack, invoice: page }),
    sample("extra device, expired", { ...device, state: "lapsed" }),
    sample("for a new subscription", { ...order, invoice: page, about: "new" }),
    sample("for one of several", { ...pack, invoice: page, about: 2 }),
    sample("cancelled by a block", { ...order, state: "cancelled", isBlocked: true }),
  ];
}

/** Every notice about a subscription begins so where its customer has several. */
function aboutOneOfSeveral(locale: ReaderLocale, now: Instant): MessageSample {
  const about = { number: 2, plan: "family", planNames: { en: "Family", ru: "Семейный" } };
  const notice = { kind: "reminder", daysLeft: 3, until: addMs(now, 3 * dayMs) } as const;
  return {
    section: "access",
    name: "notice about one of several subscriptions",
    message: { kind: "text", ...renderNotice(locale, notice, now, about) },
  };
}

function keySamples(language: Language): MessageSample[] {
  const conf = "[Interface]\nPrivateKey = …\n";
  const short: Credentials = {
    kind: "wireguard",
    fileName: "skylark.conf",
    conf,
    qrText: conf,
    importLink: "vpn://AAAB3nic…",
  };
  const long = { ...short, qrText: "x".repeat(2_001), importLink: "x".repeat(3_001) };
  const shown = { deviceId: deviceIds.phone, label: names[language].phone, language };
  const url = "https://skylark.example/s/4fWmQ0b7…";
  const sample = (
    part: KeyPart,
    name: string,
    credentials: Credentials | OwnLink,
  ): MessageSample => ({
    section: "access",
    name,
    message: keyMessage(part, credentials, shown),
  });
  return [
    sample("file", "key", short),
    sample("qr", "key: picture", short),
    sample("text", "key: text", short),
    sample("qr", "key: picture, too long", long),
    sample("text", "key: text, too long", long),
    sample("file", "key: link", { kind: "ours", url }),
    sample("qr", "key: link's picture", { kind: "ours", url }),
    { section: "access", name: "key: link to the file", message: fileLinkMessage(url, shown) },
  ];
}

const hostIn = (language: Language) => ({
  hostId: hostId("01890000-0000-4000-8000-00000000000c"),
  host: names[language].host,
});

/** A sample of each kind of question: a new kind does not compile until it is here. */
const subjects: {
  readonly [Kind in ApprovalSubject["kind"]]: (language: Language) => ApprovalSubject;
} = {
  signup: () => ({ kind: "signup", customerId: sampleCustomerId, telegramId: sampleId }),
  refund: (language) => ({
    kind: "refund",
    customerId: sampleCustomerId,
    telegramId: sampleId,
    amount: money(29_900, "RUB"),
    gateway: gatewayName("tbank"),
    reason: textsIn(language).payments.refund.defaultReason,
  }),
  removals: (language) => ({ kind: "removals", ...hostIn(language), count: 12, some: ["a"] }),
  unknownPeers: (language) => ({ kind: "unknownPeers", ...hostIn(language), count: 1, batch: "1" }),
};

const aboutApproval = (name: string, message: Message): MessageSample => ({
  section: "admin-people",
  name: `approval: ${name}`,
  message,
});

const sampleOwner = (language: Language): AccessOwner => {
  const { customer } = names[language];
  return {
    identity: "a",
    device: "iPhone",
    telegramId: telegramId(1),
    name: displayName(customer),
  };
};

function approvalSamples(locale: ReaderLocale, now: Instant): MessageSample[] {
  const { language } = locale;
  const asked = { approvalId: `signup:${sampleId}` as ApprovalId, ask: "0123abcd" };
  const factsOf = (kind: ApprovalSubject["kind"], state: ApprovalFacts["state"]) => ({
    subject: subjects[kind](language),
    state,
    askedAt: addMs(now, -2 * hourMs),
    decidedAt: state === "open" ? undefined : now,
    person: { ...names[language].customer, language },
    invitedBy: { telegramId: 600_700_800, firstName: "Kim", lastName: undefined },
    decidedBy: state === "open" ? undefined : names[language].admin,
    reason: state === "rejected" ? ({ canned: "full" } as const) : undefined,
    undoneBy: undefined,
    undoneAt: undefined,
    ...(kind === "removals" ? { owners: [sampleOwner(language)] } : {}),
  });
  const undone = { undoneBy: names[language].admin, undoneAt: now };
  const kinds = Object.keys(subjects) as ApprovalSubject["kind"][];
  const states = ["approved", "rejected", "lapsed"] as const;
  return [
    ...kinds.map((kind) => aboutApproval(kind, approvalText(asked, factsOf(kind, "open"), locale))),
    ...states.map((state) =>
      aboutApproval(state, approvalText(asked, factsOf("signup", state), locale)),
    ),
    aboutApproval(
      "undone",
      approvalText(asked, { ...factsOf("signup", "approved"), ...undone }, locale),
    ),
    aboutApproval("reminder", reminderText(factsOf("signup", "open"), language, now)),
    ...[1, 3, 25, 0].map((open) => aboutApproval(`number ${open}`, digestText(open, language))),
    ...[1, 3, 25, 0].map((open) => unmatchedSample(open, language)),
  ];
}

/** As the renderer writes it, whose number comes from the books. */
function unmatchedSample(open: number, language: Language): MessageSample {
  const { unmatched } = textsIn(language).payments;
  const html = open === 0 ? unmatched.none : unmatched.digest(open);
  const name = `unmatched payments: number ${open}`;
  return { section: "admin-payments", name, message: { kind: "text", html } };
}

function ticketSamples(locale: ReaderLocale, now: Instant): MessageSample[] {
  const { language } = locale;
  const { customer, admin, question, answer } = names[language];
  const person: TicketPerson = {
    ...customer,
    telegramId: sampleId,
    status: "active",
    paidUntil: addMs(now, 12 * dayMs),
    deviceCount: 2,
    unansweredSince: addMs(now, -5 * hourMs),
  };
  const written: TicketMessageFacts = {
    person,
    words: { text: question },
    author: undefined,
    answeredBy: undefined,
    isClosed: false,
  };
  const chat = { language, part: 0, isGroup: false, topic: undefined };
  const topic = { ...chat, isGroup: true, topic: 7 };
  const file = { text: question, file: { media: "photo", id: "sample" } } as const;
  const answered = { ...written, words: { text: answer }, author: admin };
  const reminder = ticketReminder(person, { ...chat, now });
  const messages: Record<string, Message | undefined> = {
    question: ticketMessage(written, chat),
    "question with a picture": ticketMessage({ ...written, words: file }, chat),
    "question, answered": ticketMessage({ ...written, answeredBy: admin }, chat),
    "question, closed": ticketMessage({ ...written, isClosed: true }, chat),
    reminder,
    "name of a topic": { kind: "text", html: topicName(person) },
    "card of a topic": ticketCard(person, { ...locale, topic: 7 }),
    "question in a topic": ticketMessage(written, topic),
    "answer in a topic": ticketMessage(answered, topic),
  };
  const support = { section: "support" as const, name: "answer of support" };
  return [
    { ...support, message: ticketMessage(answered, chat) },
    ...Object.entries(messages).flatMap(([name, message]) =>
      message === undefined ? [] : [{ section: "admin-support" as const, name, message }],
    ),
  ];
}
