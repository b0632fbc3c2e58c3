import type { Routes } from "../kit/app.ts";
import { commonControls, serveControls } from "../kit/controls.ts";
import { readJson } from "../kit/http.ts";
import { faultSchema } from "./faults.ts";
import type { State } from "./state.ts";

/** How tests inject faults, forge updates and count calls: `/control/…`. */
export const controlRoutes = (state: State): Routes =>
  serveControls({
    ...commonControls(state, faultSchema),
    "POST /control/updates": async ({ raw }) => state.updates.inject(await readJson(raw)),
  });
