import { randomUUID } from "node:crypto";
import * as z from "zod";

import { Impossible } from "./chain.ts";
import { ok, readText, type Reply, type Request, Unservable } from "./http.ts";
import { paySchema } from "./operations.ts";
import { BadLink, isOver, readLink } from "./pay-link.ts";
import { outcomePage, payPage } from "./pay-page.ts";
import type { World } from "./world.ts";

/** A person with a wallet, in a browser: `/pay?…` shows a payment, its form pays it. */
export class PayDoor {
  readonly #world: World;
  readonly #clock: () => number;

  constructor(world: World, clock: () => number) {
    this.#world = world;
    this.#clock = clock;
  }

  async serve(request: Request): Promise<Reply> {
    if (request.method === "GET") return this.#show(request.query);
    if (request.method !== "POST") throw new Unservable(405, "this page is read and sent");
    return this.#pay(new URLSearchParams(await readText(request.raw)));
  }

  #show(query: URLSearchParams): Reply {
    try {
      const wanted = readLink(query, this.#world.chain.jettons);
      if (isOver(wanted, this.#clock())) return tooLate;
      return ok(payPage(wanted, randomUUID()));
    } catch (error) {
      return unpayable(error);
    }
  }

  /** The page's id pays once, however often its button is pressed. */
  async #pay(form: URLSearchParams): Promise<Reply> {
    try {
      const wanted = readLink(form, this.#world.chain.jettons);
      if (isOver(wanted, this.#clock())) return tooLate;
      const { to, amount, jetton, comment } = wanted;
      const pay = paySchema.parse({
        to,
        amount,
        ...(jetton === undefined ? {} : { jetton }),
        ...(comment === "" ? {} : { comment }),
        from: form.get("from") ?? undefined,
        id: form.get("id") ?? undefined,
      });
      await this.#world.do({ kind: "pay", ...pay });
      const text = `${wanted.shownAmount} left the wallet. You may close this page.`;
      return ok(outcomePage({ title: "Paid", text, isGood: true }));
    } catch (error) {
      return unpayable(error);
    }
  }
}

function unpayable(error: unknown): Reply {
  if (error instanceof z.ZodError) return notPaid(z.prettifyError(error));
  if (error instanceof BadLink || error instanceof Impossible) return notPaid(error.message);
  throw error;
}

const notPaid = (text: string): Reply => ({
  status: 400,
  body: outcomePage({ title: "Nothing was paid", text, isGood: false }),
});

const tooLate = notPaid("The time to pay this is over. Ask the shop for a new link.");
