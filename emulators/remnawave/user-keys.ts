import * as z from "zod";
import { parse } from "./answers.ts";
import type { UserKey } from "./users.ts";

/** The API that is spoken: 3.x names users by id, 2.x by uuid. */
export type Version = "3" | "2";

const pathId = z.coerce.number().positive();

/** The user that a path names. @throws Refusal 400 for a uuid in a path of 3.x. */
export function keyOfPath(version: Version, part: string | undefined): UserKey {
  if (version === "2") return { uuid: parse(z.object({ uuid: z.uuid() }), { uuid: part }).uuid };
  return { id: parse(z.object({ userId: pathId }), { userId: part }).userId };
}

/** The schema of the field by which a body names a user. */
export const keyField = (version: Version) =>
  version === "3"
    ? z.object({ userId: z.number() }).transform(({ userId }): UserKey => ({ id: userId }))
    : z.object({ userUuid: z.uuid() }).transform(({ userUuid }): UserKey => ({ uuid: userUuid }));
