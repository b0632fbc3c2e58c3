import { adminNoticesTo } from "../../domain/messaging/message.ts";
import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { loadShopSettings } from "../queries/operations/shop-settings.ts";
import { findAllowed } from "./customers.ts";

/** Notifies all who receive news of trouble, once per key, in `db`'s transaction. */
export async function notifyAdmins(db: Queries, key: string, notice: AdminNotice): Promise<void> {
  await enqueue(db, adminNoticesTo(await findAllowed(db, "receiveTrouble"), key, notice));
}

/** Who is notified of each sale; nobody where the shop's settings say otherwise. */
export async function findSellers(db: Queries): Promise<readonly TelegramId[]> {
  const { saleNotices } = await loadShopSettings(db);
  return saleNotices === "each" ? findAllowed(db, "receiveSales") : [];
}
