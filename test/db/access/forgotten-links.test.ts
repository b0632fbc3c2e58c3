import { beforeAll, expect, test } from "vitest";
import { forgetLinks } from "../../../db/access/forgotten-links.ts";
import { keepFileLink, openFileLink, useFileLink } from "../../../db/access/links.ts";
import { addMs, dayMs, hourMs, type Instant, instant } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);

beforeAll(() => books.hosts(tunnels(1)));

const now = (): Instant => instant(new Date());

/** An access with a link to its file, and a source that its device's link was fetched from. */
async function openLinks() {
  const { id } = await books.add(await books.subscriber());
  const { id: accessId } = await books.accessOf(id);
  const link = await keepFileLink(books.queries, books.vault, { accessId, now: now() });
  const source = { accessId, tokenHash: "hash", sourceSealed: "sealed", foundAt: new Date() };
  await books.queries.insertInto("link_sources").values(source).execute();
  return { accessId, link };
}

const filesOf = (accessId: string) =>
  books.queries.selectFrom("file_links").selectAll().where("accessId", "=", accessId).execute();

const sourcesOf = (accessId: string) =>
  books.queries.selectFrom("link_sources").selectAll().where("accessId", "=", accessId).execute();

test("a link to a file and the file that it gave go a day after its end, and not before", async () => {
  const { accessId, link } = await openLinks();
  expect(openFileLink(books.vault, link)).not.toBe("");
  const use = { tokenHash: link.tokenHash, requestId: "one", file: { conf: "secret" } };
  await useFileLink(books.queries, books.vault, use);
  await forgetLinks(books.queries, addMs(now(), dayMs));
  expect(await filesOf(accessId)).toHaveLength(1);
  await forgetLinks(books.queries, addMs(now(), dayMs + 2 * hourMs));
  expect(await filesOf(accessId)).toEqual([]);
});

test("where a link leads goes with its access, and not while that is on a host", async () => {
  const gone = await openLinks();
  const kept = await openLinks();
  await books.queries
    .updateTable("accesses")
    .set({ retiredAt: new Date(), removedAt: new Date() })
    .where("id", "=", gone.accessId)
    .execute();
  expect(await forgetLinks(books.queries, now())).toBe(1);
  expect(await sourcesOf(gone.accessId)).toEqual([]);
  expect(await sourcesOf(kept.accessId)).toHaveLength(1);
  expect(await forgetLinks(books.queries, now())).toBe(0);
});
