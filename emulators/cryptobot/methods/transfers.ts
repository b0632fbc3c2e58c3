import * as z from "zod";
import { amount, flag, list, read, whole } from "../params.ts";
import { invalid, Refusal } from "../refusal.ts";
import { page } from "./invoices.ts";
import type { Method } from "./method.ts";

const order = z.object({
  user_id: whole.pipe(z.int().positive()),
  asset: z.string(),
  amount,
  spend_id: z.string().max(64),
  comment: z.string().max(1_024).optional(),
  disable_send_notification: flag.default(false),
});

/** Completes at once, or throws: transfers are off for a new app until its owner enables them. */
export const transfer: Method = (state, params) => {
  if (!state.options.transfersEnabled) throw new Refusal(403, "METHOD_DISABLED");
  const { disable_send_notification: _quiet, ...given } = read(order, params);
  if (!state.currencies.isAsset(given.asset)) throw invalid("asset");
  return state.transfers.send(given);
};

const transferFilter = z.object({
  asset: list.optional(),
  transfer_ids: list.optional(),
  spend_id: z.string().optional(),
  ...page,
});

/** Newest first. */
export const getTransfers: Method = (state, params) => {
  const { asset, transfer_ids, spend_id, offset, count } = read(transferFilter, params);
  const found = state.transfers
    .listNewestFirst()
    .filter((sent) => asset?.includes(sent.asset) ?? true)
    .filter((sent) => transfer_ids?.includes(String(sent.transfer_id)) ?? true)
    .filter((sent) => spend_id === undefined || sent.spend_id === spend_id);
  return { items: found.slice(offset, offset + count) };
};
