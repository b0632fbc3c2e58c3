import { randomUUID } from "node:crypto";
import * as z from "zod";
import { htmlPage, HttpError, readText, type Reply, type Request } from "../kit/http.ts";
import { type Language, languageOf } from "../kit/languages.ts";
import { Impossible } from "./chain.ts";
import { paySchema } from "./operations.ts";
import { BadLink, isOver, readLink, type WantedPayment } from "./pay-link.ts";
import { outcomePage, payPage } from "./pay-page.ts";
import type { State } from "./state.ts";
import { textsIn } from "./texts.ts";

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
    const language = languageOf(request);
    try {
      if (request.method === "GET") return this.#show(request, language);
      if (request.method !== "POST" || request.path !== "/pay") {
        throw new HttpError(405, "this page is read and sent");
      }
      return await this.#pay(new URLSearchParams(await readText(request.raw)), language);
    } catch (error) {
      return unpayable(error, language);
    }
  }

  #show(request: Request, language: Language): Reply {
    const wanted = this.#read(queryWithAddress(request));
    return htmlPage(payPage(wanted, { id: randomUUID(), language, request }));
  }

  /** The page's id pays once, however often its button is pressed. */
  async #pay(form: URLSearchParams, language: Language): Promise<Reply> {
    const wanted = this.#read(form);
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
    const { paidTitle, paid } = textsIn(language);
    const text = paid(`${wanted.shownAmount} (${wanted.coin})`);
    return htmlPage(outcomePage({ title: paidTitle, text, isGood: true }, language));
  }

  /** @throws BadLink when it cannot be paid, or no longer. */
  #read(query: URLSearchParams): WantedPayment {
    const wanted = readLink(query, this.#state.chain.jettons);
    if (isOver(wanted, this.#clock())) throw new BadLink("tooLate");
    return wanted;
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

function unpayable(error: unknown, language: Language): Reply {
  const { notPaid, faults } = textsIn(language);
  const refuse = (text: string): Reply =>
    htmlPage(outcomePage({ title: notPaid, text, isGood: false }, language), 400);
  if (error instanceof z.ZodError) return refuse(z.prettifyError(error));
  if (error instanceof BadLink) return refuse(faults[error.fault]);
  if (error instanceof Impossible) return refuse(error.message);
  throw error;
}
