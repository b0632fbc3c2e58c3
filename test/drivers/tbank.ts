import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { reportEvents } from "../../client/payments.ts";
import type { SavedCard } from "../../emulators/tbank/saved-cards.ts";
import { startTBankEmulator } from "../../emulators/tbank/emulator.ts";
import type { Payment } from "../../emulators/tbank/payments.ts";
import type { RecordedCall } from "../../emulators/tbank/state.ts";
import { TBankGateway } from "../../gateways/payments/tbank/adapter.ts";
import { tBankWebhook } from "../../gateways/payments/tbank/webhook.ts";
import type { TestApp } from "./test-app.ts";

const terminal = { terminalKey: "1366000000003CARD", password: "savedCardsOfTests001" } as const;

/** The T-Bank emulator with a shop that saves cards, for the tests of a file. */
export interface TestBank {
  /** The adapter, for the app's options. */
  readonly gateway: () => TBankGateway;
  /** Passes the bank's notifications on to this app. */
  readonly notify: (app: Pick<TestApp, "client">) => void;
  /** The bank's payments, oldest first. */
  readonly list: () => Promise<readonly Payment[]>;
  /** Pays the newest payment of an order at its form. */
  readonly pay: (orderId: string, how?: object) => Promise<void>;
  readonly cards: () => Promise<readonly SavedCard[]>;
  /** Changes every card that was saved with an order. */
  readonly change: (orderId: string, to: "good" | "poor" | "removed") => Promise<void>;
  readonly fault: (fault: object) => Promise<void>;
  /** Skips time of the bank's clock, which `mend` sets right. */
  readonly pass: (ms: number) => void;
  /** Ends all faults. */
  readonly mend: () => Promise<void>;
  readonly calls: (method: string) => Promise<readonly RecordedCall[]>;
  /** Every notification's body, as it came. */
  readonly notified: readonly string[];
}

/** Starts the bank before the tests of a file, and ends it after them. */
export async function useTBank(): Promise<TestBank> {
  const notified: string[] = [];
  const shop: { app?: Pick<TestApp, "client"> } = {};
  const server = await startShop(async (body) => {
    notified.push(body.toString());
    const reading = reader?.read(body, {});
    if (reading?.kind !== "reported" || shop.app === undefined) return;
    await reportEvents(new DurableClient(shop.app.client), reading.paymentId, [reading.event]);
  });
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const options = { port: 0, ...terminal, webhookUrl, recurring: true, now };
  const emulator = await startTBankEmulator(options);
  const { url } = emulator;
  afterAll(async () => {
    await emulator.close();
    server.close();
    server.closeAllConnections();
  });
  const ask = async <Result>(path: string, method = "GET", body?: object): Promise<Result> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/control/${path}`, { method, ...sent });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as Result;
  };
  const list = () => ask<Payment[]>("payments");
  return {
    gateway: () => new TBankGateway({ url, ...terminal, recurring: true }),
    notify: (app) => void (shop.app = app),
    list,
    pay: async (orderId, how = {}) => {
      const payment = (await list()).findLast((one) => one.orderId === orderId);
      await ask("pay", "POST", { payment_id: payment?.id, ...how });
    },
    cards: () => ask("cards"),
    change: (orderId, to) => ask("cards", "PUT", { customer_key: orderId, to }),
    fault: (fault) => ask("faults", "POST", fault),
    pass: (ms) => void (clock.aheadMs += ms),
    mend: () => {
      clock.aheadMs = 0;
      return ask("faults", "DELETE");
    },
    calls: (method) => ask(`calls?method=${method}`),
    notified,
  };
}

const reader = tBankWebhook.connect({
  TBANK_TERMINAL_KEY: terminal.terminalKey,
  TBANK_PASSWORD: terminal.password,
});

async function startShop(receive: (body: Buffer) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => {
    void buffer(request)
      .then(receive)
      .then(() => response.end("OK"))
      .catch(() => response.writeHead(503).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
