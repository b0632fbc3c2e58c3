import type { OwnMaintenance } from "../../../db/queries/access/maintenances.ts";
import { escapeHtml, momentIn } from "../../../texts/index.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { mostCharacters } from "../fit-lines.ts";
import type { Page } from "../paging.ts";

type MaintenancePorts = Pick<BotPorts, "customers" | "maintenances">;

/**
 * The page with what a customer should know above it: that hosts of their devices are worked on.
 * `isPaying`: the page is about money, which nothing takes by itself meanwhile. A page that fills a
 * message already stays as it is.
 */
export async function withMaintenance(
  context: BotContext,
  ports: MaintenancePorts,
  page: Page,
  { isPaying = false }: { readonly isPaying?: boolean } = {},
): Promise<Page> {
  if (context.customer?.status !== "active" || context.chosen === "new") return page;
  const all = await orUnavailable(ports.maintenances.listOwn(context.telegramId));
  if (all.length === 0) return page;
  const chosen = await findChosen(context, ports);
  const own = chosen === undefined ? all : all.filter(({ about }) => about === chosen.id);
  const lines = new Set(own.map((one) => wordsOf(context, one)));
  const { waits } = context.texts.access.maintenance;
  if (isPaying && own.some(({ isWhole }) => isWhole)) lines.add(waits);
  const text = [...lines, page.text].join("\n\n");
  return lines.size === 0 || text.length > mostCharacters ? page : { ...page, text };
}

/** What an admin has written, or the usual words, and the announced end while it is to come. */
export function wordsOf(
  context: Pick<BotContext, "texts" | "language" | "zone">,
  { texts: written, until }: Pick<OwnMaintenance, "texts" | "until">,
): string {
  const { maintenance } = context.texts.access;
  const own = written[context.language];
  const words = own === undefined ? maintenance.usual : maintenance.own(escapeHtml(own));
  const isToCome = until !== undefined && Date.parse(until) > Date.now();
  return isToCome ? `${words} ${maintenance.until(momentIn(context, until))}` : words;
}
