import { htmlPage, readForm, type Reply, type Request, seeOther } from "../kit/http.ts";
import { inSameLanguage, languageOf } from "../kit/languages.ts";
import { payPage, unknownInvoicePage } from "./pay-page.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";

/** The payer's side, in a browser: `/pay/<hash>`. */
export class PayRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve(request: Request): Promise<Reply> {
    const { method, path, raw } = request;
    const language = languageOf(request);
    const invoice = this.#state.invoices.findByHash(path.slice("/pay/".length));
    if (invoice === undefined) return htmlPage(unknownInvoicePage(language), 404);
    const { currencies } = this.#state;
    if (method === "GET") return htmlPage(payPage(invoice, currencies, language));
    if (method !== "POST") return { status: 405, body: {}, headers: { allow: "GET, POST" } };
    const asset = (await readForm(raw)).get("asset") ?? undefined;
    try {
      this.#state.pay(invoice, asset === undefined ? {} : { asset });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // A second, late or otherwise refused attempt shows the invoice's current state.
      return htmlPage(payPage(invoice, currencies, language), 409);
    }
    return seeOther(inSameLanguage(path, request));
  }
}
