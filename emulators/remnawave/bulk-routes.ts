import * as z from "zod";
import type { Reply } from "../kit/http.ts";
import { type ApiRoutesTable, parse, respond, respondEmpty } from "./answers.ts";
import { CodedRefusal } from "./refusal.ts";
import { bulkDays, bulkFields, bulkSquads, bulkUsers } from "./schemas.ts";
import type { State } from "./state.ts";
import type { UserKey } from "./users.ts";

interface Named {
  readonly userIds?: number[] | undefined;
  readonly uuids?: string[] | undefined;
}

/**
 * `/users/bulk`: many users at once. What is answered with 202 is done later by a queue; users that
 * there are not are passed over.
 */
export function bulkRoutes(state: State): ApiRoutesTable {
  const { panel, users, options, clock } = state;
  const { version } = options;
  const body = <Shape extends z.ZodRawShape>(shape: Shape) =>
    z.object({ ...bulkUsers(version), ...shape });
  const keys = ({ userIds, uuids }: Named): UserKey[] =>
    version === "3"
      ? (userIds ?? []).map((id) => ({ id }))
      : (uuids ?? []).map((uuid) => ({ uuid }));
  const answer = (status: 202 | 204, rows: number): Reply =>
    version === "3" ? respondEmpty(status) : respond({ affectedRows: rows });
  const ids = (given: Named) => keys(given).flatMap((key) => users.find(key)?.id ?? []);
  const queue = (kind: "reset-traffic" | "revoke") => (call: { body: unknown }) => {
    const known = ids(parse(body({}), call.body));
    for (const userId of known) state.enqueue({ kind, userId });
    return answer(202, known.length);
  };
  return {
    "POST /users/bulk/delete": (call) => {
      const known = keys(parse(body({}), call.body)).filter((key) => users.find(key));
      for (const key of known) panel.delete(key);
      return answer(204, known.length);
    },
    "POST /users/bulk/reset-traffic": queue("reset-traffic"),
    "POST /users/bulk/revoke-subscription": queue("revoke"),
    "POST /users/bulk/update": (call) => {
      const schema = body({ fields: bulkFields(() => clock.now()) });
      const { fields, ...given } = parse(schema, call.body);
      if (fields.status === "EXPIRED" || fields.status === "LIMITED") {
        throw new CodedRefusal("A089");
      }
      const known = ids(given);
      // The queue keeps JSON; what is late by then is not refused any more.
      const kept = { ...fields, expireAt: fields.expireAt?.toISOString() };
      for (const userId of known) state.enqueue({ kind: "update", userId, fields: kept });
      return answer(202, known.length);
    },
    "POST /users/bulk/update-squads": (call) => {
      const given = parse(body({ activeInternalSquads: bulkSquads }), call.body);
      panel.regroup(keys(given), given.activeInternalSquads);
      return answer(204, ids(given).length);
    },
    "POST /users/bulk/extend-expiration-date": (call) => {
      const given = parse(body({ extendDays: bulkDays }), call.body);
      panel.extendMany(keys(given), given.extendDays);
      return answer(204, ids(given).length);
    },
  };
}
