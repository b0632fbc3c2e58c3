import { beforeEach, expect, test } from "vitest";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerWorld } from "../../../drivers/reconciler-world.ts";
import { paid, referenceOf, StatementGateway } from "../../../drivers/statements.ts";

const books = useDatabase();
let world: ReconcilerWorld;

beforeEach(() => {
  world = new ReconcilerWorld(books);
});

test("a row that a newer version can parse is read where it was", async () => {
  const gateway = new StatementGateway();
  gateway.rows.push({ evidence: "odd", reason: "not understood" }, paid());
  await world.passOnce(gateway);
  const understood = paid();
  gateway.rows[0] = understood;
  await world.retry(gateway);
  expect(world.workflows.references).toContain(referenceOf(understood));
  // It is booked now, which the next retry notices.
  await world.retry(gateway);
  const [row] = (await world.quarantined()).filter(
    (it) => it.gateway === gateway.capabilities.name,
  );
  expect(row?.resolvedAt).not.toBeNull();
});

test("a row that cannot be parsed stays quarantined when newer ones have moved it to a later page", async () => {
  const gateway = new StatementGateway({ pagesMove: true });
  gateway.pageRows = 2;
  const odd = { evidence: "odd", reason: "not understood" };
  gateway.rows.push(odd);
  await world.passOnce(gateway);
  gateway.rows.unshift(...Array.from({ length: 5 }, () => paid()));
  const due = async () => {
    await world.retry(gateway);
    return (await world.quarantined()).filter((it) => it.gateway === gateway.capabilities.name);
  };
  expect(await due()).toMatchObject([{ reason: "not understood", tries: 2, resolvedAt: null }]);
  const understood = paid();
  gateway.rows[gateway.rows.indexOf(odd)] = understood;
  await due();
  expect(world.workflows.references).toContain(referenceOf(understood));
  const [resolved] = await due();
  expect(resolved?.resolvedAt).not.toBeNull();
});
