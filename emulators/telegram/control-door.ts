import { control, type Controls, usualControls } from "../kit/controls.ts";
import { readJson, type Reply, type Request } from "../kit/http.ts";
import { faultSchema } from "./faults.ts";
import type { World } from "./world.ts";

/** How tests make this server misbehave, forge updates and count calls: `/control/…`. */
export class ControlDoor {
  readonly #controls: Controls;

  constructor(world: World) {
    const { faults, calls } = world;
    this.#controls = {
      ...usualControls({ faults, faultSchema, calls, reset: () => world.reset() }),
      "POST /control/updates": async ({ raw }) => world.updates.inject(await readJson(raw)),
    };
  }

  serve(request: Request): Promise<Reply> {
    return control(this.#controls, request);
  }
}
