import type { EntityManager, EntityName, Field, RequiredEntityData } from "@mikro-orm/postgresql";

/**
 * Inserts rows in one statement and answers how many of them are new; a row whose key is there already stays
 * as it is; without a `key` any of the table's counts. Unlike `EntityManager.upsert` it reads nothing back.
 */
export async function insertOnce<Row extends object>(
  em: EntityManager,
  entity: EntityName<Row>,
  { rows, key }: { readonly rows: RequiredEntityData<Row>[]; readonly key?: Field<Row>[] },
): Promise<number> {
  const insert = em.createQueryBuilder(entity).insert(rows).onConflict(key).ignore();
  const { affectedRows } = await insert.execute("run");
  return affectedRows;
}
