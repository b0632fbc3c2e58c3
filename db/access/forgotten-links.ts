import { addMs, dayMs, type Instant } from "../../domain/time.ts";
import { moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";

/** For so long after its end a link to a file still says that it was used or is over. */
const keptMs = dayMs;

/**
 * Deletes links to files that have ended a day ago, with the files that were given by them, and the
 * sources of accesses that are on no host any more.
 * @returns how many rows of both there were.
 */
export async function forgetLinks(db: Queries, now: Instant): Promise<number> {
  const files = await db
    .deleteFrom("file_links")
    .where("expiresAt", "<", moment(addMs(now, -keptMs)))
    .executeTakeFirst();
  const sources = await db
    .deleteFrom("link_sources")
    .where("accessId", "in", (of) =>
      of.selectFrom("accesses").select("id").where("removedAt", "is not", null),
    )
    .executeTakeFirst();
  return Number(files.numDeletedRows + sources.numDeletedRows);
}
