import { htmlPage, readForm, type Reply, type Request, seeOther } from "../kit/http.ts";
import { payPage, troublePage } from "./pay-page.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** The payer's side, in a browser: `/pay/<hash>`. */
export class PayDoor {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async serve({ method, path, raw }: Request): Promise<Reply> {
    const invoice = this.#world.invoices.byHash(path.slice("/pay/".length));
    if (invoice === undefined) {
      const told = "It was deleted, or the link is not complete. Ask the shop for a new one.";
      return htmlPage(troublePage("There is no such invoice", told), 404);
    }
    if (method === "GET") return htmlPage(payPage(invoice, this.#world.currencies));
    if (method !== "POST") return { status: 405, body: {}, headers: { allow: "GET, POST" } };
    const asset = (await readForm(raw)).get("asset") ?? undefined;
    try {
      this.#world.pay(invoice, asset === undefined ? {} : { asset });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Whoever paid twice, too late or with a coin that is not taken sees how the invoice stands.
      return htmlPage(payPage(invoice, this.#world.currencies), 409);
    }
    return seeOther(path);
  }
}
