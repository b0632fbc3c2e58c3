import { createInvoice, deleteInvoice, getInvoices } from "./invoices.ts";
import type { Method } from "./method.ts";
import { getTransfers, transfer } from "./transfers.ts";

const getMe: Method = ({ options }) => ({
  app_id: Number(options.token.split(":")[0]),
  name: "Tollgate demo",
  payment_processing_bot_username: "CryptoBot",
});

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    getMe,
    createInvoice,
    deleteInvoice,
    getInvoices,
    transfer,
    getTransfers,
    getBalance: ({ transfers }) => transfers.listBalances(),
    getExchangeRates: ({ currencies }) => currencies.rates(),
    getCurrencies: ({ currencies }) => currencies.list(),
  } satisfies Record<string, Method>),
);

/** Names are case-sensitive here. */
export const findMethod = (name: string): Method | undefined => methods.get(name);
