import { htmlPage, readForm, type Reply, type Request, seeOther } from "../kit/http.ts";
import { errorPage, payPage } from "./pay-page.ts";
import { Refusal } from "./refusal.ts";
import type { State } from "./state.ts";

/** The payer's side, in a browser: `/pay/<hash>`. */
export class PayRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve({ method, path, raw }: Request): Promise<Reply> {
    const invoice = this.#state.invoices.findByHash(path.slice("/pay/".length));
    if (invoice === undefined) {
      const text = "It was deleted, or the link is not complete. Ask the shop for a new one.";
      return htmlPage(errorPage("There is no such invoice", text), 404);
    }
    if (method === "GET") return htmlPage(payPage(invoice, this.#state.currencies));
    if (method !== "POST") return { status: 405, body: {}, headers: { allow: "GET, POST" } };
    const asset = (await readForm(raw)).get("asset") ?? undefined;
    try {
      this.#state.pay(invoice, asset === undefined ? {} : { asset });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // A second, late or otherwise refused attempt shows the invoice's current state.
      return htmlPage(payPage(invoice, this.#state.currencies), 409);
    }
    return seeOther(path);
  }
}
