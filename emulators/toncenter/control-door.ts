import * as z from "zod";

import { accountOf } from "./addresses.ts";
import { Impossible } from "./chain.ts";
import { describe } from "./description.ts";
import { faultSchema } from "./faults.ts";
import { ok, readJson, type Reply, type Request, Unservable } from "./http.ts";
import { forgeSchema, jettonSchema, type Operation, paySchema } from "./operations.ts";
import type { Done, World } from "./world.ts";

/** How tests pay, forge, make this server misbehave and count calls: `/control/…`. */
export class ControlDoor {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async serve({ method, path, query, raw }: Request): Promise<Reply> {
    const world = this.#world;
    switch (`${method} ${path}`) {
      case "GET /control/info":
        return ok(describe(world));
      case "POST /control/pay":
        return ok(await perform(world, { kind: "pay", ...read(paySchema, await readJson(raw)) }));
      case "POST /control/forge":
        return ok(
          await perform(world, { kind: "forge", ...read(forgeSchema, await readJson(raw)) }),
        );
      case "POST /control/jettons":
        return ok(
          await perform(world, { kind: "jetton", ...read(jettonSchema, await readJson(raw)) }),
        );
      case "GET /control/faults":
        return ok(world.faults.list());
      case "POST /control/faults":
        return ok(world.faults.add(read(faultSchema, await readJson(raw))));
      case "DELETE /control/faults":
        world.faults.clear();
        return ok([]);
      case "GET /control/calls":
        return ok(world.calls.list(query.get("method")));
      case "POST /control/reset":
        await world.reset();
        return ok({});
      default:
        throw new Unservable(404, "there is no such control");
    }
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

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Unservable(400, z.prettifyError(result.error));
}
