import type { SettingKey, SettingValues } from "../../domain/operations/shop-settings.ts";
import type { SignupPolicy } from "../../domain/people/signup.ts";
import type { Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";

/** The place of a setting that the worker knows from its environment, in the table `settings`. */
export const shopDefaultName = (key: SettingKey): string => `shop-default/${key}`;

/** The pause before a rejected person may ask again, in the same table. */
export const reapplyPauseName = "reapply-after-ms";

/**
 * Stores what the worker's environment says of the shop, so that the bot and the command line show
 * and use the same; what an admin sets goes before it.
 */
export async function publishShopDefaults(
  db: Queries,
  values: SettingValues,
  { reapplyAfterMs }: Partial<SignupPolicy> = {},
): Promise<void> {
  const rows = Object.entries(values).map(([key, value]) => {
    return { name: shopDefaultName(key as SettingKey), value };
  });
  const pause = { name: reapplyPauseName, value: String(reapplyAfterMs) };
  await insertRows(db, "settings", [...rows, ...(reapplyAfterMs === undefined ? [] : [pause])])
    .onConflict((row) =>
      row.column("name").doUpdateSet((of) => ({ value: of.ref("excluded.value") })),
    )
    .execute();
}
