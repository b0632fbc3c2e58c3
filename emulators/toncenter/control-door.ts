import { control, type Controls, told, usualControls } from "../kit/controls.ts";
import { type Reply, type Request, Unservable } from "../kit/http.ts";
import { accountOf } from "./addresses.ts";
import { Impossible } from "./chain.ts";
import { describe } from "./description.ts";
import { faultSchema } from "./faults.ts";
import { forgeSchema, jettonSchema, type Operation, paySchema } from "./operations.ts";
import type { Done, World } from "./world.ts";

/** How tests pay, forge, make this server misbehave and count calls: `/control/…`. */
export class ControlDoor {
  readonly #controls: Controls;

  constructor(world: World) {
    const { faults, calls } = world;
    this.#controls = {
      ...usualControls({ faults, faultSchema, calls, reset: () => world.reset() }),
      "GET /control/info": () => describe(world),
      "POST /control/pay": told(paySchema, (pay) => perform(world, { kind: "pay", ...pay })),
      "POST /control/forge": told(forgeSchema, (forge) => {
        return perform(world, { kind: "forge", ...forge });
      }),
      "POST /control/jettons": told(jettonSchema, (jetton) => {
        return perform(world, { kind: "jetton", ...jetton });
      }),
    };
  }

  serve(request: Request): Promise<Reply> {
    return control(this.#controls, request);
  }
}

/** Does it, and tells of each transaction where to find it. Throws a 400 where it cannot be. */
export async function perform(world: World, operation: Operation): Promise<object> {
  const done = await world.do(operation).catch((error: unknown) => {
    if (error instanceof Impossible) throw new Unservable(400, error.message);
    throw error;
  });
  return tell(done);
}

function tell({ transactions, jetton }: Done): object {
  const told = transactions.map(({ account, lt, transaction }) => ({
    account: accountOf(account),
    lt: lt.toString(),
    hash: transaction.hash().toString("base64"),
  }));
  if (jetton === undefined) return { transactions: told };
  return { transactions: told, jetton: { ...jetton, master: accountOf(jetton.master) } };
}
