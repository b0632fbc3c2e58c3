import { keepDeviceLink, openDeviceLink } from "../../db/access/device-links.ts";
import { keepFileLink, openFileLink } from "../../db/access/links.ts";
import type { SentCopy } from "../../db/messaging/due-messages.ts";
import {
  countOpen,
  findApprovalFacts,
  findInvoiceFacts,
  findKeyFacts,
  findOneOfSeveral,
  type InvoiceFacts,
} from "../../db/messaging/message-facts.ts";
import { findNoticeFacts } from "../../db/messaging/notice-facts.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import type { Vault } from "../../db/vault.ts";
import { fileLinkPath, linkPath } from "../../domain/access/link.ts";
import type { ApprovalQuestion } from "../../domain/messaging/announcements.ts";
import type { MessageContent } from "../../domain/messaging/message.ts";
import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import type { Language } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import type { Caption, TextMessage } from "../../gateways/messenger/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { renderAdminNotice } from "../../texts/admin-notices.ts";
import { type ReaderLocale, textsIn } from "../../texts/index.ts";
import { renderNotice } from "../../texts/notices.ts";
import { approvalText, digestText, reminderText, unmatchedDigestText } from "./approvals.ts";
import { invoiceQr, invoiceText } from "./invoices.ts";
import { fileLinkMessage, type KeyMaker, keyMessage } from "./keys.ts";
import {
  asMessage,
  markUnrenderable,
  messageOr,
  needless,
  readFacts,
  type RenderResult,
  TemporaryFailure,
  Unrenderable,
} from "./rendering.ts";
import { saleText, summaryText } from "./sales.ts";
import { renderTicketNote } from "./ticket-renderer.ts";

export type { KeyMaker } from "./keys.ts";

/** Where contents get their facts, their keys and the time from. */
export interface RendererPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly keys: KeyMaker;
  readonly shop: Pick<ShopSettingsReader, "get">;
  readonly now: () => Date;
  /** Where the api is reached; undefined: a panel's key is the panel's own link. */
  readonly publicUrl?: string | undefined;
}

/** How a sent copy is updated. */
export type Change =
  | { readonly kind: "text"; readonly message: TextMessage }
  | { readonly kind: "caption"; readonly caption: Caption }
  | { readonly kind: "remove" }
  | { readonly kind: "none" };

/** Renders contents in the person's current language from the current database. */
export class Renderer {
  readonly #ports: RendererPorts;

  constructor(ports: RendererPorts) {
    this.#ports = ports;
  }

  /**
   * Renders a message.
   * @throws Unrenderable when the content itself is broken; other errors are temporary.
   */
  render(content: MessageContent, language: Language): Promise<RenderResult> {
    return markUnrenderable(async () => this.#render(content, await this.#localeOf(language)));
  }

  /**
   * How `copy` changes when its slot is to show `content`.
   * @throws Unrenderable as `render` does.
   */
  change(content: MessageContent, copy: SentCopy, language: Language): Promise<Change> {
    return markUnrenderable(async (): Promise<Change> => {
      const shown = copy.content;
      const locale = await this.#localeOf(language);
      if (shown.kind === "invoiceQr") {
        const { state } = await this.#findOrder(shown.paymentId);
        return { kind: state === "open" ? "none" : "remove" };
      }
      if (shown.kind === "key") return { kind: "none" };
      const rendered = await this.#render(content, locale);
      if (rendered.kind !== "message") return { kind: "none" };
      const { message } = rendered;
      if (message.kind === "sentFile") return { kind: "caption", caption: message };
      return message.kind === "text" ? { kind: "text", message } : { kind: "none" };
    });
  }

  async #localeOf(language: Language): Promise<ReaderLocale> {
    const { zone } = await readFacts(this.#ports.shop.get());
    return { language, zone };
  }

  async #render(content: MessageContent, locale: ReaderLocale): Promise<RenderResult> {
    const { language } = locale;
    switch (content.kind) {
      case "notice":
        return this.#renderNotice(content, locale);
      case "adminNotice":
        return this.#renderAdminNotice(content.notice, locale);
      case "invoice":
        return asMessage(invoiceText(await this.#findOrder(content.paymentId), locale));
      case "invoiceQr":
        return messageOr(invoiceQr(await this.#findOrder(content.paymentId), language), "not open");
      case "key":
        return this.#renderKey(content, language);
      case "approval":
        return asMessage(approvalText(content, await this.#findApproval(content), locale));
      case "approvalReminder":
        return this.#renderReminder(content, language);
      case "approvalDigest": {
        const open = await readFacts(countOpen(queriesOf(this.#ports.em), "approvals"));
        return asMessage(digestText(open, language));
      }
      case "unmatchedDigest": {
        const open = await readFacts(countOpen(queriesOf(this.#ports.em), "unmatched"));
        return asMessage(unmatchedDigestText(open, language));
      }
      case "sale": {
        const now = instant(this.#ports.now());
        const db = queriesOf(this.#ports.em);
        return asMessage(await saleText(db, content.paymentId, { locale, now }));
      }
      case "dailySummary": {
        const shop = await readFacts(this.#ports.shop.get());
        return asMessage(await summaryText(queriesOf(this.#ports.em), content, { language, shop }));
      }
      case "ticketMessage":
      case "ticketReminder":
      case "ticketTopic":
      case "ticketCard":
      case "ticketTopicState":
        return renderTicketNote(this.#ports, content, locale);
      default:
        // The table may hold a content of a newer version.
        throw new Error(`"${(content as { kind?: string }).kind}" is not a kind of message`);
    }
  }

  async #renderNotice(
    { notice, about }: Extract<MessageContent, { kind: "notice" }>,
    locale: ReaderLocale,
  ): Promise<RenderResult> {
    const db = queriesOf(this.#ports.em);
    const named = about && (await readFacts(findOneOfSeveral(db, about)));
    const now = instant(this.#ports.now());
    return asMessage({ kind: "text", ...renderNotice(locale, notice, now, named) });
  }

  async #renderAdminNotice(notice: AdminNotice, locale: ReaderLocale): Promise<RenderResult> {
    const about = await readFacts(findNoticeFacts(queriesOf(this.#ports.em), notice));
    const now = instant(this.#ports.now());
    return asMessage({ kind: "text", ...renderAdminNotice(locale, notice, about, now) });
  }

  async #findOrder(id: PaymentId): Promise<InvoiceFacts> {
    const facts = await readFacts(findInvoiceFacts(queriesOf(this.#ports.em), id));
    if (facts === undefined) throw new Unrenderable(`payment ${id} does not exist`);
    return facts;
  }

  async #findApproval(question: ApprovalQuestion) {
    const facts = await readFacts(findApprovalFacts(queriesOf(this.#ports.em), question));
    if (facts === undefined)
      throw new Unrenderable(`approval ${question.approvalId} does not exist`);
    return facts;
  }

  async #renderReminder(question: ApprovalQuestion, language: Language): Promise<RenderResult> {
    const facts = await this.#findApproval(question);
    if (facts.state !== "open") return needless("decided");
    return asMessage(reminderText(facts, language, instant(this.#ports.now())));
  }

  async #renderKey(
    { deviceId, part }: Extract<MessageContent, { kind: "key" }>,
    language: Language,
  ): Promise<RenderResult> {
    const { em, vault, keys, publicUrl } = this.#ports;
    const facts = await readFacts(findKeyFacts(queriesOf(em), deviceId));
    if (facts === undefined) return needless("the device has no key on a host");
    const { accessId, hostId, identity, label, address, address6 } = facts;
    if (!facts.isKeyKnown) {
      return asMessage({ kind: "text", html: textsIn(language).access.device.ownKey });
    }
    const shown = { deviceId, label, language };
    const isOnPanel = address === undefined;
    if (publicUrl !== undefined && isOnPanel) {
      const sealed = await readFacts(
        inTransaction(em, (db) => keepDeviceLink(db, vault, deviceId)),
      );
      const url = publicUrl + linkPath(openDeviceLink(vault, deviceId, sealed));
      return asMessage(keyMessage(part, { kind: "ours", url }, shown));
    }
    if (publicUrl !== undefined && part === "link") {
      const of = { accessId, now: instant(this.#ports.now()) };
      const sealed = await readFacts(inTransaction(em, (db) => keepFileLink(db, vault, of)));
      const url = publicUrl + fileLinkPath(openFileLink(vault, sealed));
      return asMessage(fileLinkMessage(url, shown));
    }
    const secrets = vault.open(facts.secretsEncrypted, `access/${accessId}`);
    // The apps name the tunnel so: a person knows the shop, and the device is the one they hold.
    const { name } = await readFacts(this.#ports.shop.get());
    const access = { accessId, identity, label: name, address, address6, secrets };
    const credentials = await awaitCredentials(keys.makeCredentials(hostId, access));
    return asMessage(keyMessage(part, credentials, shown));
  }
}

/** A host's refusal is final; any other reason why a key cannot be made is temporary. */
async function awaitCredentials<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new TemporaryFailure((error as Error).message, { cause: error });
  }
}
