import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { WorkflowHandle } from "@temporalio/client";
import { cancelPayment, startPurchase, startRefund } from "../../client/payments.ts";
import { actOnCustomer } from "../../client/people.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { balanceGateway, type PaymentId, type Purchase } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import type { Invoice } from "../../gateways/payments/port.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { wordsOf } from "../drivers/person.ts";
import { readWorkflowState } from "../drivers/workflow-state.ts";
import { aboutPeriods, CalendarClock, endRenewal } from "./calendar-charges.ts";
import { Excuses } from "./excuses.ts";
import { ask } from "./gateway-drivers/control.ts";
import { type ShownInvoice, tenth } from "./gateway-drivers/gateway-driver.ts";
import { HistoryCustomer, pollMs } from "./history-customer.ts";
import { becomeCustomer, requestAnotherDevice } from "./newcomer.ts";
import { forget, letDaysPass } from "./passing-time.ts";
import { readBooks } from "./payment-books.ts";
import {
  isReconciler,
  type Reconciler,
  type Step,
  type TerminableWorkflow,
} from "./payment-history.ts";
import { findComplaints } from "./payment-model.ts";
import { addOnPurchase, planPurchase, purchaseOf } from "./history-purchases.ts";
import { describeRunning } from "./running.ts";
import { isSlow } from "./slow-answers.ts";
import { queuePoison } from "./poison.ts";
import { adminId } from "./product-fixture.ts";
import type { Finding } from "./rights.ts";

/** How long an admin looks for a charge before they request a refund without one. */
const searchMs = 2_000;
const extensionDays = 5;
/** Longer than a message may take before others are sent in parallel. */
const slowChatMs = 1_500;

/**
 * Plays one history: a customer, their purchases, everything that happens to them, and how it ends.
 */
export class HistoryPlayer extends HistoryCustomer {
  /** The gateway's references of the customer's charges. */
  readonly #references = new Set<string>();
  readonly #excuses = new Excuses();
  readonly #clock = new CalendarClock(this.fixture, {
    ref: () => this.ref!,
    readWhatIsLeft: () => this.readWhatIsLeft(),
  });

  /**
   * Plays all steps, and waits at most `timeoutMs` until nothing about the customer moves any more.
   */
  async play(timeoutMs: number): Promise<void> {
    await this.#begin();
    for (const step of this.history.steps) {
      await this.#act(step);
      await delay(step.thenMs);
    }
    await this.fixture.killer.waitUntilRevived();
    await this.settle(Date.now() + timeoutMs);
  }

  /** Everything that is wrong now, with what the audit found about this customer; one text each. */
  async complaints(audited: readonly Finding[]): Promise<string[]> {
    const { killer, webhooks, telegramUrl } = this.fixture;
    const [gatewayCharges, books] = await Promise.all([this.readGatewayCharges(), this.books()]);
    const url = `${telegramUrl}/person/${this.person}/chat?after=0`;
    const chat = await ask<Message[]>(url, undefined, "GET");
    const kills = (["worker", "database"] as const).map((part) =>
      killer.deathsSince(part, this.beganMs),
    );
    const facts = {
      history: this.history,
      kind: this.gateway.kind,
      gatewayCharges,
      chat: chat
        .filter(({ from, refunded_payment }) => from?.is_bot && refunded_payment === undefined)
        .map((message) => ({ messageId: message.message_id, words: wordsOf(message) }))
        .filter(({ words }) => !isSlow.has(words)),
      kills: kills.reduce((all, some) => all + some, 0),
      excuses: this.#excuses,
      now: instant(new Date()),
    };
    this.noteOthers(books);
    for (const { reference } of [...gatewayCharges.values()].flat())
      this.#references.add(reference);
    const mine = audited.filter((finding) => this.isAbout(finding));
    const refused = webhooks.refused.filter((text) => this.orders.some((id) => text.includes(id)));
    const wrong = [
      ...findComplaints(facts, books),
      ...(await aboutPeriods(this.fixture, this.ref!)),
      ...mine.map(({ details }) => details),
      ...refused.map((text) => `the api refused a genuine webhook: ${text}`),
    ];
    return wrong.length === 0
      ? []
      : [
          ...wrong,
          ...(await describeRunning(
            (id) => this.handle(id),
            [...this.orders.map(workflowIds.payment), ...this.requestedWorkflows],
          )),
        ];
  }

  /** Whether a finding is about this customer; charges are known only after `complaints`. */
  isAbout({ about }: Finding): boolean {
    const { id = "", customerId = "" } = this.ref ?? {};
    const names = [...this.orders, id, customerId, ...this.others, ...this.#references];
    return names.some((name) => name !== "" && about.includes(name));
  }

  /** An admin revokes the customer's access. Resolves when their devices are off the host. */
  async revokeAccess(): Promise<void> {
    await this.#requestAdminAct("revoke");
    await this.waitUntilIdle();
  }

  /** Creates the customer, with or without a trial, and makes their first purchase. */
  async #begin(): Promise<void> {
    const { trialDays, mail, gateway } = this.history;
    this.ref = await becomeCustomer(this.fixture, this.person, trialDays);
    const id = await this.#open(
      planPurchase(this.person, this.history, { plan: "month", gateway }),
    );
    this.fixture.webhooks.treat(id, mail);
  }

  async #open(purchase: Purchase): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const { client } = this.fixture;
    const { customerId } = this.ref!;
    if (this.#excuses.isShutOut && (await this.isLetInAgain())) this.#excuses.shutOutEnded();
    this.#excuses.beforeOpened(id);
    if (purchase.gateway === balanceGateway) this.#excuses.beforeSpending(await this.books());
    await this.retryUntilDone(() => startPurchase(client, id, purchase, { customerId }));
    this.payments.push(id);
    return id;
  }

  async #add(what: Parameters<typeof addOnPurchase>[2]): Promise<void> {
    const { person, history } = this;
    const purchase = await addOnPurchase(this.fixture.owner, { person, history }, what);
    if (purchase !== undefined) await this.#open(purchase);
  }

  async #act(step: Step): Promise<void> {
    const { killer, webhooks, client, telegramUrl } = this.fixture;
    switch (step.kind) {
      case "pay":
      case "decline":
      case "giveBack":
      case "renew":
      case "card":
      case "payForNothing": {
        if (step.kind === "card") await this.#clock.waitUntilKept();
        const shown = await this.#waitForInvoice();
        return shown && this.gateway.perform(step, shown);
      }
      case "buy":
      case "another":
      case "topUp":
        return void (await this.#open(purchaseOf(step, this.person, this.history)));
      case "addOn":
        return this.#add(step.what);
      case "refund":
        return this.#refund(step);
      case "admin":
        return this.#requestAdminAct(step.act);
      case "device":
        return requestAnotherDevice(this.fixture, this.ref!);
      case "cancel":
        return void (await this.retryUntilDone(() => cancelPayment(client, this.#current)));
      case "lapse":
        return this.lapse(this.#current);
      case "terminate":
        return this.#terminate(step.what);
      case "forget":
        return forget(this.fixture, workflowIds.payment(this.#current));
      case "dueCharge":
        return this.#clock.passUntilDue();
      case "endRenewal":
        this.requestedWorkflows.push(await endRenewal(this.fixture, this.ref!, step.how));
        return undefined;
      case "days":
        return letDaysPass(this.fixture, this.ref!, step.count);
      case "poison":
        return queuePoison(this.fixture.owner.em, this.person);
      case "check":
        return this.checkGateway();
      case "post":
        return webhooks.release(this.payments[0]!);
      case "chat": {
        const { trouble: kind, times } = step;
        const hold_ms = kind === "slow" ? slowChatMs : 50;
        const rule = { kind, times, chat_id: this.person, hold_ms };
        return void (await ask(`${telegramUrl}/control/faults`, rule));
      }
      case "trouble":
        return this.gateway.makeTrouble(step.trouble);
      case "panel":
        return this.fixture.panels.act(step.what, this.fixture.owner.em, this.person);
      case "emptyHost":
        return this.fixture.emptied.begin(step.name);
      case "hostAway":
        return killer.kill(step.host, step.ms);
      case "kill":
        return killer.kill(step.part);
    }
  }

  /** The payment that later steps act on: the last one. */
  get #current(): PaymentId {
    return this.payments.at(-1)!;
  }

  /** Waits for the newest invoice; undefined when no payment has one. */
  async #waitForInvoice(): Promise<ShownInvoice | undefined> {
    for (const id of this.payments.toReversed()) {
      const shown = await this.retryUntilDone(() => this.#findInvoice(id));
      if (shown !== undefined) return shown;
    }
    return undefined;
  }

  async #findInvoice(id: PaymentId): Promise<ShownInvoice | undefined> {
    const known = await this.orderOf(id);
    if (known === undefined || known.order.gateway === balanceGateway) return undefined;
    const { order, state, invoice } = known;
    if (invoice === undefined && state !== "open") return undefined;
    if (invoice === undefined) {
      // It is requested only when the order is taken up, minutes later:
      // until then there is nothing to pay.
      const { kind } = await readWorkflowState(this.handle(workflowIds.payment(id)));
      if (kind === "closed") return undefined;
      throw new Error(`${id} has no invoice yet`);
    }
    return { order, invoice: invoice as unknown as Invoice };
  }

  /**
   * An admin refunds the newest charge of this use that they find,
   * or the current payment when they find none.
   */
  async #refund({ tenths, of }: Extract<Step, { kind: "refund" }>): Promise<void> {
    const { client } = this.fixture;
    const findCharge = async () => {
      const { payments } = await readBooks(this.fixture.owner.em, this.person);
      const found = payments
        .flatMap(({ id, charges }) => charges.map(({ use, reference }) => ({ id, use, reference })))
        .findLast(({ use }) => use === of);
      if (found === undefined) throw new Error("nothing was paid yet");
      return found;
    };
    const charge = await eventually(findCharge, searchMs, pollMs).catch(() => undefined);
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
    await this.retryUntilDone(() => startRefund(client, command));
    this.requestedWorkflows.push(workflowIds.refund(command.requestId));
  }

  async #requestAdminAct(kind: "extend" | "block" | "unblock" | "revoke"): Promise<void> {
    if (kind === "block" || kind === "revoke") this.#excuses.beforeShutOut(await this.books());
    const of = { customer: this.person };
    const act = kind === "extend" ? { ...of, kind, days: extensionDays } : { ...of, kind };
    const request = { requestId: randomUUID(), by: telegramId(adminId), act };
    await this.retryUntilDone(() => actOnCustomer(this.fixture.client, request));
    this.requestedWorkflows.push(workflowIds.adminAct(request.requestId));
  }

  async #terminate(what: TerminableWorkflow): Promise<void> {
    if (isReconciler(what)) return this.fixture.endReconciler(what, this.history.gateway);
    await this.#handleOf(what)
      ?.terminate("an operator did so")
      .catch(() => undefined);
  }

  #handleOf(what: Exclude<TerminableWorkflow, Reconciler>): WorkflowHandle | undefined {
    if (what === "payment") return this.handle(workflowIds.payment(this.#current));
    if (what === "subscription") return this.handle(workflowIds.subscription(this.ref!.id));
    const start = what === "refund" ? workflowIds.refund("") : workflowIds.adminAct("");
    const id = this.requestedWorkflows.findLast((one) => one.startsWith(start));
    return id === undefined ? undefined : this.handle(id);
  }
}
