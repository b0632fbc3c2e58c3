import type { Invoice } from "./invoices.ts";

/**
 * An invoice as clients see it. Amounts and rates are decimal strings. All three links lead to this
 * server's pay page; `pay_url`, which is deprecated, is left out.
 */
export function wireInvoice(invoice: Invoice, publicUrl: string): Record<string, unknown> {
  const { paid, ...rest } = invoice;
  const url = `${publicUrl}/pay/${invoice.hash}`;
  const urls = { bot_invoice_url: url, mini_app_invoice_url: url, web_app_invoice_url: url };
  return { ...rest, ...urls, ...paid };
}
