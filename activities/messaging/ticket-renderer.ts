import {
  findGroupLanguage,
  findTicketMessage,
  findTicketPerson,
  findTopic,
  type TicketPerson,
} from "../../db/messaging/ticket-facts.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import type { GroupId, TelegramId } from "../../domain/ids.ts";
import type { TicketNote } from "../../domain/messaging/ticket.ts";
import type { Language } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import type { ReaderLocale } from "../../texts/index.ts";
import {
  asMessage,
  messageOr,
  needless,
  readFacts,
  type RenderResult,
  Unrenderable,
} from "./rendering.ts";
import { ticketCard, ticketMessage, ticketReminder, topicName } from "./ticket-texts.ts";

interface TicketRendererPorts {
  readonly em: EntityManager;
  readonly now: () => Date;
}

/**
 * A message about a conversation with support. The language is that of the person; a group has
 * that of its admins.
 * @throws Unrenderable where the books know nothing of the conversation.
 */
export async function renderTicketNote(
  { em, now }: TicketRendererPorts,
  note: TicketNote,
  { language, zone }: ReaderLocale,
): Promise<RenderResult> {
  if (note.kind === "ticketTopic") {
    return asMessage({ kind: "topic", name: topicName(await findPerson(em, note.customer)) });
  }
  if (note.kind === "ticketMessage") return renderMessage(em, note, language);
  const person = await findPerson(em, note.customer);
  const place = await findPlace(em, note, { customer: note.customer, language });
  switch (note.kind) {
    case "ticketReminder":
      return messageOr(ticketReminder(person, { ...place, now: instant(now()) }), "answered");
    case "ticketCard":
      return asMessage(ticketCard(person, { ...place, zone }));
    case "ticketTopicState": {
      const { topic } = place;
      if (topic === undefined) return needless("the group has no topic of this customer");
      return asMessage({ kind: "topicState", topic, isOpen: note.isOpen });
    }
  }
}

async function renderMessage(
  em: EntityManager,
  note: TicketNote & { kind: "ticketMessage" },
  language: Language,
): Promise<RenderResult> {
  const facts = await readFacts(findTicketMessage(queriesOf(em), note.key));
  if (facts === undefined) throw new Unrenderable(`no message ${note.key} of a conversation`);
  const of = { customer: facts.person.telegramId, language };
  return asMessage(ticketMessage(facts, { ...(await findPlace(em, note, of)), part: note.part }));
}

async function findPerson(em: EntityManager, of: TelegramId): Promise<TicketPerson> {
  const person = await readFacts(findTicketPerson(queriesOf(em), of));
  if (person === undefined) throw new Unrenderable(`${of} has no conversation with support`);
  return person;
}

/** A topic that could not be made leaves the group itself. */
async function findPlace(
  em: EntityManager,
  { inGroup }: { readonly inGroup?: GroupId },
  { customer, language }: { readonly customer: TelegramId; readonly language: Language },
) {
  if (inGroup === undefined) return { language, isGroup: false, topic: undefined };
  const db = queriesOf(em);
  return {
    isGroup: true,
    language: await readFacts(findGroupLanguage(db)),
    topic: await readFacts(findTopic(db, inGroup, customer)),
  };
}
