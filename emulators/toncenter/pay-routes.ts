import { randomUUID } from "node:crypto";
import * as z from "zod";
import { htmlPage, HttpError, readText, type Reply, type Request } from "../kit/http.ts";
import { Impossible } from "./chain.ts";
import { paySchema } from "./operations.ts";
import { BadLink, isOver, readLink } from "./pay-link.ts";
import { outcomePage, payPage } from "./pay-page.ts";
import type { State } from "./state.ts";

/**
 * A person with a wallet, in a browser: `/pay?…`, or `/pay/<address>?…` as wallets' own pages are
 * linked to, shows a payment, and its form pays it.
 */
export class PayRoutes {
  readonly #state: State;
  readonly #clock: () => number;

  constructor(state: State, clock: () => number) {
    this.#state = state;
    this.#clock = clock;
  }

  async serve(request: Request): Promise<Reply> {
    if (request.method === "GET") return this.#show(queryWithAddress(request));
    if (request.method !== "POST" || request.path !== "/pay") {
      throw new HttpError(405, "this page is read and sent");
    }
    return this.#pay(new URLSearchParams(await readText(request.raw)));
  }

  #show(query: URLSearchParams): Reply {
    try {
      const wanted = readLink(query, this.#state.chain.jettons);
      if (isOver(wanted, this.#clock())) return tooLate;
      return htmlPage(payPage(wanted, randomUUID()));
    } catch (error) {
      return unpayable(error);
    }
  }

  /** The page's id pays once, however often its button is pressed. */
  async #pay(form: URLSearchParams): Promise<Reply> {
    try {
      const wanted = readLink(form, this.#state.chain.jettons);
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
      await this.#state.execute({ kind: "pay", ...pay });
      const paid = `${wanted.shownAmount} (${wanted.coin})`;
      const text = `${paid} left the wallet. You may close this page.`;
      return htmlPage(outcomePage({ title: "Paid", text, isGood: true }));
    } catch (error) {
      return unpayable(error);
    }
  }
}

/** An address in the path counts as one among the parameters. */
function queryWithAddress({ path, query }: Request): URLSearchParams {
  const [, address] = /^\/pay\/([^/]+)$/u.exec(path) ?? [];
  if (address === undefined) return query;
  const whole = new URLSearchParams(query);
  whole.set("address", address);
  return whole;
}

function unpayable(error: unknown): Reply {
  if (error instanceof z.ZodError) return notPaid(z.prettifyError(error));
  if (error instanceof BadLink || error instanceof Impossible) return notPaid(error.message);
  throw error;
}

const notPaid = (text: string): Reply =>
  htmlPage(outcomePage({ title: "Nothing was paid", text, isGood: false }), 400);

const tooLate = notPaid("The time to pay this is over. Ask the shop for a new link.");
