import * as z from "zod";
import { amount, flag, list, read, whole } from "../params.ts";
import { invalid, Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Method } from "./method.ts";

const maxExpiryS = 2_678_400;
const payloadBytes = 4_096;
const swaps = ["USDT", "TON", "GRAM", "TRX", "ETH", "SOL", "BTC", "LTC"];

const link = z.string().refine((text) => /^https?:\/\/\S+$/u.test(text) && URL.canParse(text));

const draft = z.object({
  currency_type: z.enum(["crypto", "fiat"]).default("crypto"),
  asset: z.string().optional(),
  fiat: z.string().optional(),
  accepted_assets: list.optional(),
  amount,
  description: z.string().max(1_024).optional(),
  hidden_message: z.string().max(2_048).optional(),
  paid_btn_name: z.enum(["viewItem", "openChannel", "openBot", "callback"]).optional(),
  paid_btn_url: link.optional(),
  payload: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= payloadBytes)
    .optional(),
  allow_comments: flag.default(true),
  allow_anonymous: flag.default(true),
  expires_in: whole.pipe(z.int().min(1).max(maxExpiryS)).optional(),
  swap_to: z.enum(swaps).optional(),
});

/** There is no idempotency key: the same call twice makes two invoices. */
export const createInvoice: Method = (state, params) => {
  const given = read(draft, params);
  const { asset, fiat, accepted_assets, paid_btn_name, paid_btn_url, ...rest } = given;
  if ((paid_btn_name === undefined) !== (paid_btn_url === undefined)) throw invalid("paid_btn_url");
  const button = { paid_btn_name, paid_btn_url };
  if (given.currency_type === "crypto") {
    if (asset === undefined || !state.currencies.isAsset(asset)) throw invalid("asset");
    return state.wire(state.invoices.create({ ...rest, ...button, asset }));
  }
  if (fiat === undefined || !state.currencies.isFiat(fiat)) throw invalid("fiat");
  if (accepted_assets?.some((code) => !state.currencies.isAsset(code))) {
    throw invalid("accepted_assets");
  }
  return state.wire(state.invoices.create({ ...rest, ...button, fiat, accepted_assets }));
};

/** The parameters of a list's page. */
export const page = {
  offset: whole.pipe(z.int().min(0)).default(0),
  count: whole.pipe(z.int().min(1).max(1_000)).default(100),
};

const invoiceFilter = z.object({
  asset: list.optional(),
  fiat: list.optional(),
  invoice_ids: list.optional(),
  status: z.enum(["active", "paid"]).optional(),
  ...page,
});

/** Newest first. Ids that are not there are left out. */
export const getInvoices: Method = (state, params) => {
  const { asset, fiat, invoice_ids, status, offset, count } = read(invoiceFilter, params);
  const found = state.invoices
    .listNewestFirst()
    .filter((invoice) => asset === undefined || asset.includes(invoice.asset ?? ""))
    .filter((invoice) => fiat === undefined || fiat.includes(invoice.fiat ?? ""))
    .filter(({ invoice_id }) => invoice_ids?.includes(String(invoice_id)) ?? true)
    .filter((invoice) => status === undefined || invoice.status === status);
  return { items: found.slice(offset, offset + count).map((invoice) => state.wire(invoice)) };
};

const invoiceParams = z.object({ invoice_id: whole });

/** Removes an unpaid invoice. Unverified: that a paid one is refused. */
export const deleteInvoice: Method = (state: State, params) => {
  const { invoice_id } = read(invoiceParams, params);
  const invoice = state.invoices.find(invoice_id);
  if (invoice === undefined) throw new Refusal(400, "INVOICE_NOT_FOUND");
  if (invoice.status === "paid") throw new Refusal(400, "INVOICE_ALREADY_PAID");
  state.invoices.delete(invoice_id);
  return true;
};
