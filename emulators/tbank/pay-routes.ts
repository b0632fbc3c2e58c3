import { htmlPage, HttpError, readForm, type Reply, type Request, seeOther } from "../kit/http.ts";
import { inSameLanguage, type Language, namedLanguage } from "../kit/languages.ts";
import { testCard } from "./cards.ts";
import type { Means } from "./form.ts";
import { unknownPaymentPage, payPage } from "./pay-page.ts";
import type { Payment } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import { sbpRefusal } from "./sbp.ts";
import type { State } from "./state.ts";
import { isOpen } from "./statuses.ts";
import { textsIn } from "./texts.ts";

/** The typed card cannot be tried; the message tells the person what to change. */
class Mistyped extends Error {}

interface Showing {
  readonly language: Language;
  readonly mistake?: string;
  readonly status?: number;
}

/** The payer's side, in a browser: `/pay/<key>`. */
export class PayRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve(request: Request): Promise<Reply> {
    const { method, path, raw } = request;
    const find = () => this.#state.payments.findByKey(path.slice("/pay/".length));
    const payment = find();
    if (payment === undefined) return htmlPage(unknownPaymentPage(), 404);
    // As at the bank, the form is in Russian unless the shop asked for another language; where it
    // named none, the demo's page may.
    const language = payment.language ?? namedLanguage(request) ?? "ru";
    if (method === "GET") return this.#show(this.#state.form.show(payment), { language });
    if (method !== "POST") throw new HttpError(405, "this page is read and sent");
    const form = await readForm(raw);
    try {
      this.#act(find() ?? payment, form, language);
    } catch (error) {
      if (error instanceof Mistyped)
        return this.#show(payment, { language, mistake: error.message });
      if (!(error instanceof Refusal)) throw error;
      // A second or late attempt shows the payment's current state.
      return this.#show(find() ?? payment, { language, status: 409 });
    }
    // As at the bank, the shop is notified, or has had time to answer, before the payer returns.
    await this.#state.notifications.waitUntilSent(payment.id);
    return seeOther(inSameLanguage(path, request));
  }

  #act(payment: Payment, form: URLSearchParams, language: Language): void {
    const what = form.get("do");
    if (what === "3ds-yes" || what === "3ds-no") {
      this.#state.form.answer3ds(payment, what === "3ds-yes");
      return;
    }
    if (what === "sbp") {
      this.#state.form.pay(this.#state.showQr(payment).payment, { kind: "sbp" });
      return;
    }
    this.#state.form.pay(payment, this.#typedCard(form, language));
  }

  #typedCard(form: URLSearchParams, language: Language): Means {
    const texts = textsIn(language);
    const card = testCard(form.get("number") ?? "");
    if (card === undefined) throw new Mistyped(texts.wrongCard);
    const typed = /^\s*(0[1-9]|1[0-2])\s*\/?\s*(\d\d)\s*$/u.exec(form.get("expires") ?? "");
    const [, month = "", year = ""] = typed ?? [];
    // A card is good until its last month is over.
    const endsMs = Date.UTC(2000 + Number(year), Number(month));
    if (typed === null || endsMs <= this.#state.options.now()) throw new Mistyped(texts.wrongDate);
    return { kind: "card", card, expDate: `${month}${year}` };
  }

  #show(payment: Payment, { language, mistake, status = 200 }: Showing): Reply {
    const takesSbp =
      isOpen(payment.status) && sbpRefusal(payment, this.#state.options.sbp) === undefined;
    const qr = takesSbp ? this.#state.showQr(payment).qr : undefined;
    return htmlPage(
      payPage(payment, { qr, mistake, language }),
      mistake === undefined ? status : 400,
    );
  }
}
