import type { Client } from "@temporalio/client";
import { createBot } from "../../bot/bot.ts";
import { BotMetrics } from "../../bot/metrics.ts";
import { openReaders } from "../../bot/readers.ts";
import { poll } from "../../bot/updates/poll.ts";
import { DurableClient } from "../../client/durable.ts";
import type { Database } from "../../db/orm.ts";
import { ReadCache } from "../../db/read-cache.ts";
import { groupId } from "../../domain/ids.ts";
import type { Staff } from "../../domain/people/customer.ts";
import type { Logger } from "../../runtime/log.ts";
import { openMemory } from "../../runtime/redis.ts";
import type { TestAppOptions } from "./test-app-options.ts";

interface BotParts {
  readonly reader: Database;
  readonly client: Client;
  readonly apiRoot: string;
  readonly token: string;
  readonly log: Logger;
  readonly staff: Staff;
  readonly options: Pick<TestAppOptions, "support" | "publicUrl">;
}

/** Starts the product's bot, which polls the emulator for updates; `cleanup` stops it. */
export function startBot(
  { reader, client, apiRoot, token, log, staff, options: { support, publicUrl } }: BotParts,
  cleanup: AsyncDisposableStack,
): BotMetrics {
  const metrics = new BotMetrics();
  const store = openMemory();
  const ports = {
    client: new DurableClient(client),
    ...openReaders(
      reader.em,
      new ReadCache(undefined),
      support === undefined ? { support: "@help" } : {},
    ),
    // Tests are faster than people: the throttle has a test of its own.
    store: { ...store, increment: async () => 0 },
    staff,
    supportGroup: support?.group === undefined ? undefined : groupId(support.group),
    givesLinks: publicUrl !== undefined,
    temporalUi: { url: "http://127.0.0.1:8233/", namespace: "shop" },
  };
  const bot = createBot({ token, apiRoot }, ports, { metrics, log });
  const updates = poll(bot, log);
  cleanup.defer(() => updates.stop());
  return metrics;
}
