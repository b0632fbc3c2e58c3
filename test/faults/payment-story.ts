import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { WorkflowHandle } from "@temporalio/client";
import { cancelPayment, startPurchase, startRefund } from "../../client/payments.ts";
import { actOnCustomer } from "../../client/people.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type PaymentId,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import type { Invoice } from "../../gateways/payments/port.ts";
import { textsIn } from "../../texts/index.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { wordsOf } from "../drivers/person.ts";
import { standingOf, troublesOf } from "../drivers/workflow-state.ts";
import { Excuses } from "./excuses.ts";
import { ask } from "./gateway-drivers/control.ts";
import { type ShownInvoice, tenth } from "./gateway-drivers/gateway-driver.ts";
import { becomeCustomer, requestAnotherDevice } from "./newcomer.ts";
import { forget, letDaysPass } from "./passing-time.ts";
import { booksOf } from "./payment-books.ts";
import {
  type Ended,
  type Reconciler,
  reconcilers,
  type SoldPlan,
  type Step,
} from "./payment-history.ts";
import { complaints, poisonKey } from "./payment-model.ts";
import { adminId } from "./payment-world.ts";
import { lookMs, RestingStory } from "./resting-story.ts";
import type { Finding } from "./rights.ts";

/** How long an admin looks for a charge before they ask for a refund of it. */
const personsMs = 2_000;
const extensionDays = 5;
/** Longer than a message may take before others are sent beside it. */
const slowChatMs = 1_500;

/** Whoever's update has to wait is told so by the bot itself, and not by a row in the books. */
const isSlow: ReadonlySet<string> = new Set(
  languages.map((language) => textsIn(language).messaging.answer.delayed),
);

/** One history, played: a customer, their purchases, everything that befalls them, and how it ends. */
export class PaymentStory extends RestingStory {
  /** What the gateway calls the customer's charges. */
  readonly #references = new Set<string>();
  readonly #excuses = new Excuses();

  /** Plays it to the end, and until nothing about it moves any more. */
  async play(patienceMs: number): Promise<void> {
    await this.#begin();
    for (const step of this.history.steps) {
      await this.#act(step);
      await delay(step.thenMs);
    }
    await this.world.chaos.calm();
    await this.comeToRest(Date.now() + patienceMs);
  }

  /** All that is wrong now, with what the audit found about it. */
  async complaints(audited: readonly Finding[]): Promise<string[]> {
    const { chaos, post, telegramUrl } = this.world;
    const [there, books] = await Promise.all([this.there(), this.books()]);
    const url = `${telegramUrl}/person/${this.person}/chat?after=0`;
    const chat = await ask<Message[]>(url, undefined, "GET");
    const kills = (["worker", "database"] as const).map((part) =>
      chaos.deathsSince(part, this.beganMs),
    );
    const facts = {
      history: this.history,
      kind: this.edge.kind,
      there,
      chat: chat
        .filter(({ from, refunded_payment }) => from?.is_bot && refunded_payment === undefined)
        .map((message) => ({ messageId: message.message_id, words: wordsOf(message) }))
        .filter(({ words }) => !isSlow.has(words)),
      kills: kills.reduce((all, some) => all + some, 0),
      excuses: this.#excuses,
      now: instant(new Date()),
    };
    for (const { reference } of [...there.values()].flat()) this.#references.add(reference);
    const mine = audited.filter((finding) => this.isAbout(finding));
    const refused = post.refused.filter((text) => this.payments.some((id) => text.includes(id)));
    const wrong = [
      ...complaints(facts, books),
      ...mine.map(({ details }) => details),
      ...refused.map((text) => `the api would not have a genuine message: ${text}`),
    ];
    return wrong.length === 0 ? [] : [...wrong, ...(await this.#running())];
  }

  /** Whether it is this customer whom a finding is about, as far as they are known: see `complaints`. */
  isAbout({ about }: Finding): boolean {
    const { id = "", customerId = "" } = this.ref ?? {};
    const names = [...this.payments, id, customerId, ...this.#references];
    return names.some((name) => name !== "" && about.includes(name));
  }

  /** An admin takes everything away from them: their devices leave the host. */
  async leave(): Promise<void> {
    await this.#adminActs("revoke");
    await this.restful();
  }

  /** What of the customer's payments, refunds and acts still runs, and what it is at. */
  async #running(): Promise<string[]> {
    const told = [...this.payments.map(workflowIds.payment), ...this.asked].map(async (id) => {
      const handle = this.handle(id);
      const standing = await standingOf(handle);
      if (standing.kind === "closed") return [];
      return [`${id}: ${JSON.stringify(standing)}; ${await troublesOf(handle)}`];
    });
    return (await Promise.all(told)).flat();
  }

  /** The customer with a trial or without, and their first purchase. */
  async #begin(): Promise<void> {
    const { trialDays, mail, gateway } = this.history;
    this.ref = await becomeCustomer(this.world, this.person, trialDays);
    const id = await this.#buy("month", gateway);
    this.world.post.treat(id, mail);
  }

  async #buy(plan: SoldPlan, gateway: string): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const purchase: Purchase = {
      telegramId: this.person,
      plan: plan as PlanCode,
      planVersion: 1,
      gateway: gateway as GatewayName,
      currency: this.history.currency,
    };
    const { client } = this.world;
    const { customerId } = this.ref!;
    if (this.#excuses.isShutOut && (await this.isLetInAgain())) this.#excuses.letInAgain();
    this.#excuses.beforeOpened(id);
    if (gateway === balanceGateway) this.#excuses.beforeSpending(await this.books());
    await this.patiently(() => startPurchase(client, id, purchase, customerId));
    this.payments.push(id);
    return id;
  }

  async #act(step: Step): Promise<void> {
    const { chaos, post, client, telegramUrl } = this.world;
    switch (step.kind) {
      case "pay":
      case "decline":
      case "giveBack":
      case "payForNothing": {
        const shown = await this.#shown();
        return shown && this.edge.do(step, shown);
      }
      case "buy": {
        const { gateway } = this.history;
        await this.#buy(step.plan, step.from === "gateway" ? gateway : balanceGateway);
        return;
      }
      case "refund":
        return this.#refund(step);
      case "admin":
        return this.#adminActs(step.act);
      case "device":
        return requestAnotherDevice(this.world, this.ref!);
      case "cancel":
        return void (await this.patiently(() => cancelPayment(client, this.#current)));
      case "lapse":
        return this.lapse(this.#current);
      case "terminate":
        return this.#terminate(step.what);
      case "forget":
        return forget(this.world, workflowIds.payment(this.#current));
      case "days":
        return letDaysPass(this.world, this.ref!, step.count);
      case "poison":
        return this.#poison();
      case "check":
        return this.lookSoon();
      case "post":
        return post.release(this.payments[0]!);
      case "chat": {
        const { trouble: kind, times } = step;
        const hold_ms = kind === "slow" ? slowChatMs : 50;
        const rule = { kind, times, chat_id: this.person, hold_ms };
        return void (await ask(`${telegramUrl}/control/faults`, rule));
      }
      case "trouble":
        return this.edge.makeTrouble(step.trouble);
      case "hostAway":
        return chaos.kill(step.host, step.ms);
      case "kill":
        return chaos.kill(step.part);
    }
  }

  /** The payment that people act on now: the last that is not paid from the balance. */
  get #current(): PaymentId {
    return this.payments.at(-1)!;
  }

  /** The newest invoice that there is, as soon as it is shown; none where no payment has one. */
  async #shown(): Promise<ShownInvoice | undefined> {
    for (const id of this.payments.toReversed()) {
      const shown = await this.patiently(() => this.#shownOf(id));
      if (shown !== undefined) return shown;
    }
    return undefined;
  }

  async #shownOf(id: PaymentId): Promise<ShownInvoice | undefined> {
    const known = await this.orderOf(id);
    if (known === undefined || known.order.gateway === balanceGateway) return undefined;
    const { order, state, invoice } = known;
    if (invoice === undefined && state !== "open") return undefined;
    if (invoice === undefined) {
      // Nobody asks for it before the order is taken up, minutes later: until then there is nothing to pay.
      const { kind } = await standingOf(this.handle(workflowIds.payment(id)));
      if (kind === "closed") return undefined;
      throw new Error(`${id} has no invoice yet`);
    }
    const bill = this.history.gateway === "stars" ? await this.billOf(id) : undefined;
    return { order, invoice: invoice as unknown as Invoice, billMessage: bill };
  }

  /** An admin asks for what they see; where they see nothing they ask all the same. */
  async #refund({ tenths, of }: Extract<Step, { kind: "refund" }>): Promise<void> {
    const { client } = this.world;
    const seen = async () => {
      const { payments } = await booksOf(this.world.owner.em, this.person);
      const found = payments
        .flatMap(({ id, charges }) => charges.map(({ use, reference }) => ({ id, use, reference })))
        .findLast(({ use }) => use === of);
      if (found === undefined) throw new Error("nothing was paid yet");
      return found;
    };
    const charge = await eventually(seen, personsMs, lookMs).catch(() => undefined);
    const { currency } = this.history;
    const command = {
      requestId: randomUUID(),
      paymentId: (charge?.id ?? this.#current) as PaymentId,
      reason: "the customer asked for it",
      by: telegramId(adminId),
      ...(charge === undefined ? {} : { reference: charge.reference }),
      ...(tenths === 10 ? {} : { amount: money(tenths * tenth[currency], currency) }),
    };
    this.#excuses.beforeSpending(await this.books());
    await this.patiently(() => startRefund(client, command));
    this.asked.push(workflowIds.refund(command.requestId));
  }

  async #adminActs(kind: "extend" | "block" | "unblock" | "revoke"): Promise<void> {
    if (kind === "block" || kind === "revoke") this.#excuses.beforeShutOut(await this.books());
    const of = { customer: this.person };
    const act = kind === "extend" ? { ...of, kind, days: extensionDays } : { ...of, kind };
    const request = { requestId: randomUUID(), by: telegramId(adminId), act };
    await this.patiently(() => actOnCustomer(this.world.client, request));
    this.asked.push(workflowIds.adminAct(request.requestId));
  }

  async #terminate(what: Ended): Promise<void> {
    if (isReconciler(what)) return this.world.endReconciler(what, this.history.gateway);
    await this.#handleOf(what)
      ?.terminate("an operator did so")
      .catch(() => undefined);
  }

  #handleOf(what: Exclude<Ended, Reconciler>): WorkflowHandle | undefined {
    if (what === "payment") return this.handle(workflowIds.payment(this.#current));
    if (what === "subscription") return this.handle(workflowIds.subscription(this.ref!.id));
    const start = what === "refund" ? workflowIds.refund("") : workflowIds.adminAct("");
    const id = this.asked.findLast((one) => one.startsWith(start));
    return id === undefined ? undefined : this.handle(id);
  }

  /** As of a version that is older than whoever wrote it. */
  async #poison(): Promise<void> {
    await this.rows(
      `insert into messages (key, telegram_id, action, content)
         values (?, ?, 'send', '{"kind": "notice", "notice": {"kind": "of tomorrow"}}')`,
      [`${poisonKey}${randomUUID()}`, this.person],
    );
  }
}

const isReconciler = (what: Ended): what is Reconciler =>
  (reconcilers as readonly string[]).includes(what);
