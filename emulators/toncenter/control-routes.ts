import type { Routes } from "../kit/app.ts";
import { commonControls, serveControls, withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { accountOf } from "./addresses.ts";
import { Impossible } from "./chain.ts";
import { describe } from "./description.ts";
import { faultSchema } from "./faults.ts";
import { forgeSchema, jettonSchema, type Operation, paySchema } from "./operations.ts";
import type { Executed, State } from "./state.ts";

/** How tests pay, forge, inject faults and count calls: `/control/…`. */
export const controlRoutes = (state: State): Routes =>
  serveControls({
    ...commonControls(state, faultSchema),
    "GET /control/info": () => describe(state),
    "POST /control/pay": withBody(paySchema, (pay) => perform(state, { kind: "pay", ...pay })),
    "POST /control/forge": withBody(forgeSchema, (forge) => {
      return perform(state, { kind: "forge", ...forge });
    }),
    "POST /control/jettons": withBody(jettonSchema, (jetton) => {
      return perform(state, { kind: "jetton", ...jetton });
    }),
  });

/**
 * Does it, and says where each transaction is found. @throws HttpError 400 where it cannot be done.
 */
async function perform(state: State, operation: Operation): Promise<object> {
  const executed = await state.execute(operation).catch((error: unknown) => {
    if (error instanceof Impossible) throw new HttpError(400, error.message);
    throw error;
  });
  return report(executed);
}

function report({ transactions, jetton }: Executed): object {
  const rows = transactions.map(({ account, lt, transaction }) => ({
    account: accountOf(account),
    lt: lt.toString(),
    hash: transaction.hash().toString("base64"),
  }));
  if (jetton === undefined) return { transactions: rows };
  return { transactions: rows, jetton: { ...jetton, master: accountOf(jetton.master) } };
}
