import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Client, Connection } from "@temporalio/client";
import { onTestFinished } from "vitest";
import { createBot } from "../../bot/bot.ts";
import { BotMetrics } from "../../bot/metrics.ts";
import { openReaders } from "../../bot/readers.ts";
import type { UpdateSource } from "../../bot/telegram.ts";
import type { TollgateBot } from "../../bot/tollgate-bot.ts";
import { poll } from "../../bot/updates/poll.ts";
import { DurableClient } from "../../client/durable.ts";
import type { PaymentQueries } from "../../db/queries/payments/payments.ts";
import type { CustomerQueries } from "../../db/queries/people/customers.ts";
import { ReadCache } from "../../db/read-cache.ts";
import type { GroupId } from "../../domain/ids.ts";
import type { Staff } from "../../domain/people/customer.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { createLogger, type Logger } from "../../runtime/log.ts";
import { type KeyValueStore, openMemory } from "../../runtime/redis.ts";
import { Person } from "../drivers/person.ts";
import { type TestApp, token } from "../drivers/test-app.ts";

export interface IsolatedBotOptions {
  readonly client?: Client;
  readonly store?: KeyValueStore;
  readonly token?: string;
  readonly customers?: CustomerQueries;
  readonly payments?: PaymentQueries;
  /** What people write to support is passed on to the admins: the shop has no contact. */
  readonly relaysSupport?: boolean;
  readonly supportGroup?: GroupId;
  readonly staff?: Staff;
}

/** A bot with its own Telegram emulator, on a test app's database and Temporal. */
export interface IsolatedBot {
  readonly bot: TollgateBot;
  readonly metrics: BotMetrics;
  readonly log: Logger;
  /** The lines that were logged so far. */
  readonly lines: string[];
  readonly emulatorUrl: string;
  person(id: number): Person;
  fault(fault: object): Promise<unknown>;
  inject(update: object): Promise<unknown>;
  /** How many updates Telegram has that the bot has not confirmed. */
  pending(): Promise<number>;
  /** The calls that the bot has made. */
  calls(): Promise<readonly { readonly method: string; readonly chat_id?: number }[]>;
  /** The lines of `/metrics` that begin with a name. */
  metric(name: string): Promise<string[]>;
}

/** A bot with its own Telegram emulator; it takes no updates yet. */
export async function makeBot(
  app: TestApp,
  options: IsolatedBotOptions = {},
): Promise<IsolatedBot> {
  const emulator = await startTelegramEmulator({ port: 0, token, webhookRetryMs: 50 });
  onTestFinished(() => emulator.close());
  const metrics = new BotMetrics();
  const lines: string[] = [];
  const log = createLogger("bot", "debug", { write: (line) => void lines.push(line) });
  const { em } = app.books;
  const ports = {
    client: new DurableClient(options.client ?? app.client, 500),
    ...openReaders(
      em,
      new ReadCache(undefined),
      options.relaysSupport === true ? {} : { support: "@help" },
    ),
    ...(options.customers && { customers: options.customers }),
    ...(options.payments && { payments: options.payments }),
    store: options.store ?? { ...openMemory(), increment: async () => 0 },
    staff: options.staff ?? { admin: [], support: [], viewer: [] },
    supportGroup: options.supportGroup,
    givesLinks: false,
    temporalUi: undefined,
  };
  const own = { token: options.token ?? token, apiRoot: emulator.url };
  const bot = createBot(own, ports, { metrics, log });
  const post = async (path: string, body: object) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return response.json() as Promise<unknown>;
  };
  return {
    bot,
    metrics,
    log,
    lines,
    emulatorUrl: emulator.url,
    person: (id) => new Person(emulator.url, id),
    fault: (fault) => post("/control/faults", fault),
    inject: (update) => post("/control/updates", update),
    pending: async () => {
      const info = (await post(`/bot${token}/getWebhookInfo`, {})) as {
        result: { pending_update_count: number };
      };
      return info.result.pending_update_count;
    },
    calls: async () => {
      const response = await fetch(`${emulator.url}/control/calls`);
      return response.json() as Promise<{ method: string; chat_id?: number }[]>;
    },
    metric: async (name) => {
      const text = await metrics.registry.metrics();
      return text.split("\n").filter((line) => line.startsWith(name));
    },
  };
}

/** Starts to poll, until the test ends. */
export function startPolling({ bot, log }: IsolatedBot): UpdateSource {
  const source = poll(bot, log);
  onTestFinished(() => source.stop());
  return source;
}

/** A bot with its own Telegram emulator, which it polls until the test ends. */
export async function makePollingBot(
  app: TestApp,
  options: IsolatedBotOptions = {},
): Promise<IsolatedBot> {
  const isolated = await makeBot(app, options);
  startPolling(isolated);
  return isolated;
}

/** A connection to Temporal that can be closed and opened. */
export interface Gate {
  readonly client: Client;
  shut(): void;
  open(): void;
}

export async function gateTo(address: string, namespace: string): Promise<Gate> {
  const [host = "", port = ""] = address.split(":");
  const sockets = new Set<Socket>();
  let shut = false;
  const server = createServer((socket) => {
    if (shut) return void socket.destroy();
    const onward = connect(Number(port), host);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listening = new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await listening;
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = Connection.lazy({ address: own });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    await connection.close();
    drop();
    server.close();
  });
  return {
    client: new Client({ connection, namespace }),
    shut: () => {
      shut = true;
      drop();
    },
    open: () => {
      shut = false;
    },
  };
}

/** How many runs a person's signup has had. */
export async function runsOf(app: TestApp, id: number): Promise<number> {
  let runs = 0;
  const query = `WorkflowId = "signup:${id}"`;
  for await (const _ of app.client.workflow.list({ query })) runs += 1;
  return runs;
}
