import { beforeEach, expect, test } from "vitest";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";
import { paid, referenceOf, StatementGateway } from "../../../drivers/statements.ts";

const books = useDatabase();
let fixture: ReconcilerFixture;

beforeEach(() => {
  fixture = new ReconcilerFixture(books);
});

test("a row that a newer version can parse is read where it was", async () => {
  const gateway = new StatementGateway();
  gateway.rows.push({ evidence: "odd", reason: "not understood" }, paid());
  await fixture.passOnce(gateway);
  const understood = paid();
  gateway.rows[0] = understood;
  await fixture.retry(gateway);
  expect(fixture.workflows.references).toContain(referenceOf(understood));
  // It is booked now, which the next retry notices.
  await fixture.retry(gateway);
  const [row] = (await fixture.quarantined()).filter(
    (it) => it.gateway === gateway.capabilities.name,
  );
  expect(row?.resolvedAt).not.toBeNull();
});

test("a row that cannot be parsed stays quarantined when newer ones have moved it to a later page", async () => {
  const gateway = new StatementGateway({ pagesMove: true });
  gateway.pageRows = 2;
  const odd = { evidence: "odd", reason: "not understood" };
  gateway.rows.push(odd);
  await fixture.passOnce(gateway);
  gateway.rows.unshift(...Array.from({ length: 5 }, () => paid()));
  const due = async () => {
    await fixture.retry(gateway);
    return (await fixture.quarantined()).filter((it) => it.gateway === gateway.capabilities.name);
  };
  expect(await due()).toMatchObject([{ reason: "not understood", tries: 2, resolvedAt: null }]);
  const understood = paid();
  gateway.rows[gateway.rows.indexOf(odd)] = understood;
  await due();
  expect(fixture.workflows.references).toContain(referenceOf(understood));
  const [resolved] = await due();
  expect(resolved?.resolvedAt).not.toBeNull();
});
