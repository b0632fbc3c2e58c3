import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { deletionControls, servePanelControls } from "../panel-kit/control-routes.ts";
import { readModel } from "../panel-kit/fields.ts";
import { viewAdmin } from "./admins.ts";
import { changeUser } from "./changes.ts";
import { keepUser } from "./routes/users.ts";
import type { State } from "./state.ts";
import { changedUser } from "./user-body.ts";
import type { User } from "./user.ts";

const added = z.looseObject({ username: z.string(), admin: z.string().optional() });
const edited = z.looseObject({ username: z.string() });
const poison = z.strictObject({ username: z.string(), kind: z.enum(["milliseconds", "proxies"]) });
const admin = z.strictObject({
  username: z.string(),
  password: z.string(),
  is_sudo: z.boolean().default(false),
});

/** A user of anybody's, such as an operator makes by hand; by default they are the owner's. */
function addByHand(state: State, given: z.output<typeof added>): object {
  const { admin: owner = state.options.sudoUsername, ...body } = given;
  if (!state.admins.find(owner)) throw new HttpError(404, `there is no administrator ${owner}`);
  const complete = { proxies: { vless: {} }, inbounds: {}, ...body };
  const user = keepUser(state, complete, owner);
  state.tellCore("add", user);
  return user;
}

/** What an operator changes by hand, in the fields of PUT. */
function editByHand(state: State, { username, ...body }: z.output<typeof edited>): object {
  const user = state.requireUser(username);
  const given = readModel(changedUser, body);
  const changed = state.users.save(changeUser(user, given, state.core.clock.now()));
  state.tellChange(user, changed);
  return changed;
}

function poisonRow(user: User, kind: z.output<typeof poison>["kind"]): User {
  if (kind === "proxies") return { ...user, proxies: [] };
  return { ...user, expire: (user.expire ?? 1_893_456_000) * 1_000 };
}

/** What tests and the demo may do to the panel: `/control/…`. */
export const controlRoutes = (state: State): Routes =>
  servePanelControls(state, {
    "POST /control/users": withBody(added, (given) => addByHand(state, given)),
    "PUT /control/users": withBody(edited, (given) => editByHand(state, given)),
    ...deletionControls(
      (username) => state.requireUser(username),
      (user) => {
        state.users.remove(user);
        state.tellRemoval(user);
      },
    ),
    "POST /control/poison": withBody(poison, ({ username, kind }) => {
      return state.users.save(poisonRow(state.requireUser(username), kind));
    }),
    "GET /control/admins": () => state.admins.list().map(viewAdmin),
    "POST /control/admins": withBody(admin, (given) => state.admins.create(given)),
  });
