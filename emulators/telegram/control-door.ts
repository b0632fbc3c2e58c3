import * as z from "zod";

import type { World } from "./world.ts";

import { faultSchema } from "./faults.ts";
import { ok, readJson, type Reply, type Request, Unservable } from "./http.ts";

/** How tests make this server misbehave, forge updates and count calls: `/control/…`. */
export class ControlDoor {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async serve({ method, path, query, raw }: Request): Promise<Reply> {
    const world = this.#world;
    switch (`${method} ${path}`) {
      case "GET /control/faults":
        return ok(world.faults.list());
      case "POST /control/faults":
        return ok(this.#addFault(await readJson(raw)));
      case "DELETE /control/faults":
        world.faults.clear();
        return ok([]);
      case "POST /control/updates":
        return ok(world.updates.inject(await readJson(raw)));
      case "GET /control/calls":
        return ok(world.calls.list(query.get("method")));
      case "POST /control/reset":
        world.reset();
        return ok({});
      default:
        throw new Unservable(404, "there is no such control");
    }
  }

  #addFault(body: unknown): unknown {
    const result = faultSchema.safeParse(body);
    if (!result.success) throw new Unservable(400, z.prettifyError(result.error));
    return this.#world.faults.add(result.data);
  }
}
