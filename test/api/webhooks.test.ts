import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { Client, Connection } from "@temporalio/client";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { apiEnvironment } from "../../api/config.ts";
import { unmatchedPaymentId } from "../../domain/derived-ids.ts";
import { money } from "../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { gateTo } from "../bot/isolated-bot.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import {
  cryptoToken,
  cryptoUpdate,
  type Message,
  notification,
  password,
  readPayment,
  secrets,
  startApi,
} from "../gateways/payments/webhook-fixture.ts";

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal?.connection.close());

/** The client reconnects to its server some time after the server is back. */
const answers = ({ connection, workflowService }: Client) =>
  eventually(() =>
    connection.withDeadline(Date.now() + 5_000, () => workflowService.getSystemInfo({})),
  );

const held = (id: PaymentId) => readPayment(temporal.client, id);
const newId = () => randomUUID() as PaymentId;
const nothing = { begun: [], events: [] };
const largeId = "13660000000000000001";

const paidInvoice = (id: string) => ({
  invoice_id: 528_890,
  status: "paid",
  asset: "USDT",
  amount: "125.50",
  paid_asset: "USDT",
  paid_amount: "125.5",
  fee_asset: "USDT",
  fee_amount: "3.765",
  paid_at: "2026-11-20T11:59:58.000Z",
  payload: id,
});

const confirmed = (id: string, secret = password) =>
  notification(
    {
      OrderId: JSON.stringify(id),
      Status: '"CONFIRMED"',
      PaymentId: largeId,
      Amount: "29900",
      Pan: '"430000******0777"',
    },
    secret,
  );

/** Changes one byte; for T-Bank a byte of a value, since its token does not cover names. */
const anyByte = (body: string) => fc.nat(body.length - 1);
function anyByteOfAValue(body: string) {
  const values = [...body.matchAll(/":"?([^",}]+)/gu)].filter(([, value]) => value !== undefined);
  const places = values.flatMap((match) => {
    const value = match[1] ?? "";
    const start = match.index + match[0].length - value.length;
    return Array.from(value, (_sign, at) => start + at);
  });
  return fc.constantFrom(...places);
}

/** Each gateway's message about a paid payment, and the answer that it wants. */
const gateways: readonly {
  readonly name: string;
  readonly paid: (id: string) => Message;
  readonly forged: (id: string) => Message;
  readonly places: (body: string) => fc.Arbitrary<number>;
  readonly thanks: string;
  readonly report: object;
}[] = [
  {
    name: "cryptobot",
    paid: (id) => cryptoUpdate(paidInvoice(id)),
    forged: (id) => cryptoUpdate(paidInvoice(id), {}, `${cryptoToken}!`),
    places: anyByte,
    thanks: '{"ok":true}',
    report: {
      kind: "paid",
      reference: "528890",
      paid: money(125_500_000, "USDT"),
      fee: money(3_765_000, "USDT"),
      at: "2026-11-20T11:59:58.000Z",
    },
  },
  {
    name: "tbank",
    paid: (id) => confirmed(id),
    forged: (id) => confirmed(id, `${password}!`),
    places: anyByteOfAValue,
    thanks: "OK",
    report: { kind: "paid", reference: largeId, paid: money(29_900, "RUB") },
  },
];

describe.each(gateways)("$name", ({ name, paid, forged, places, thanks, report }) => {
  test("its message reaches the payment verbatim, and is acknowledged as it wants", async () => {
    const api = await startApi(temporal.client);
    const id = newId();
    const message = paid(id);
    expect(await api.post(name, message)).toEqual({ status: 200, text: thanks });
    const { begun, events } = await held(id);
    expect(begun).toEqual([["payment", id]]);
    expect(events).toMatchObject([
      { gateway: name, report, evidence: message.body, source: "gateway" },
    ]);
    expect(events[0]?.headers ?? {}).toEqual(message.headers ?? {});
    expect(await api.outcomes(name)).toEqual({ reported: 1 });
  });

  test("a repeated message reaches one payment, and is acknowledged twice", async () => {
    const api = await startApi(temporal.client);
    const id = newId();
    for (let time = 0; time < 2; time++) {
      expect(await api.post(name, paid(id))).toEqual({ status: 200, text: thanks });
    }
    const { begun, events } = await held(id);
    expect([begun.length, events.length]).toEqual([1, 2]);
    expect(events[1]?.report).toMatchObject(report);
  });

  test("an unmatched payment gets the id that reconciliation would derive", async () => {
    const api = await startApi(temporal.client);
    expect(await api.post(name, paid("a mug"))).toEqual({ status: 200, text: thanks });
    const { reference } = report as { reference: string };
    const { events } = await held(unmatchedPaymentId(gatewayName(name), reference));
    expect(events).toMatchObject([{ gateway: name, report }]);
  });

  test("a forged message starts nothing, and is counted", async () => {
    const api = await startApi(temporal.client);
    const id = newId();
    expect((await api.post(name, forged(id))).status).toBe(401);
    expect(await held(id)).toEqual(nothing);
    expect(await api.outcomes(name)).toEqual({ signature: 1 });
  });

  test("a message altered anywhere starts nothing", async () => {
    const api = await startApi(temporal.client);
    const id = newId();
    const { body, headers = {} } = paid(id);
    const changed = fc.record({ at: places(body), digit: fc.nat(9).map(String) });
    await fc.assert(
      fc.asyncProperty(changed, async ({ at, digit }) => {
        const altered = `${body.slice(0, at)}${digit}${body.slice(at + 1)}`;
        fc.pre(altered !== body);
        const { status } = await api.post(name, { body: altered, headers });
        expect([400, 401]).toContain(status);
      }),
      { numRuns: 60 },
    );
    expect(await held(id)).toEqual(nothing);
  });

  test("anything but its messages is a 4xx and starts nothing", async () => {
    const api = await startApi(temporal.client);
    const { headers = {} } = paid(newId());
    const rubbish = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom("", "{", "[]", "null", "1", '{"__proto__":null}', "a=b&c=d", "\u0000"),
    );
    await fc.assert(
      fc.asyncProperty(rubbish, async (body) => {
        const { status } = await api.post(name, { body, headers });
        expect([400, 401]).toContain(status);
      }),
      { numRuns: 60 },
    );
    const outcomes = await api.outcomes(name);
    expect(Object.keys(outcomes)).not.toContain("reported");
    expect(api.lines.join("")).not.toContain("a request failed");
  });

  test("what is too large, compressed, or sent by another method is refused unread", async () => {
    const api = await startApi(temporal.client);
    const id = newId();
    const { body, headers = {} } = paid(id);
    const large = `${body.slice(0, -1)},"more":"${"x".repeat(65_536)}"}`;
    expect((await api.post(name, { body: large, headers })).status).toBe(413);
    const packed = { ...headers, "content-encoding": "gzip" };
    const zipped = { body: gzipSync(body) };
    expect((await api.post(name, { body, headers: packed }, zipped)).status).toBe(415);
    for (const method of ["GET", "PUT", "DELETE"]) {
      const how = method === "GET" ? { method, body: null } : { method };
      expect((await api.post(name, { body, headers }, how)).status).toBe(404);
    }
    expect((await api.post(name, { body: "" })).status).toBeLessThan(402);
    expect(await held(id)).toEqual(nothing);
    expect(await api.outcomes(name)).toMatchObject({ oversized: 1 });
  });

  test("while Temporal is unreachable the answer is 503, and the repeated message counts once", async () => {
    const gate = await gateTo(temporal.address, temporal.namespace);
    const api = await startApi(gate.client);
    const id = newId();
    gate.shut();
    expect((await api.post(name, paid(id))).status).toBe(503);
    expect(await held(id)).toEqual(nothing);
    gate.open();
    await answers(gate.client);
    expect(await api.post(name, paid(id))).toEqual({ status: 200, text: thanks });
    const { begun, events } = await held(id);
    expect([begun.length, events.length]).toEqual([1, 1]);
    expect(await api.outcomes(name)).toEqual({ unavailable: 1, reported: 1 });
  });

  test("a Temporal that does not answer times out before the gateway does", async () => {
    const deaf = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const address = `127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const connection = Connection.lazy({ address });
    onTestFinished(async () => {
      await connection.close();
      deaf.close();
    });
    const api = await startApi(new Client({ connection }));
    const began = performance.now();
    expect((await api.post(name, paid(newId()))).status).toBe(503);
    expect(performance.now() - began).toBeLessThan(9_000);
  });

  test("without its secret the route does not exist", async () => {
    const api = await startApi(temporal.client, {});
    expect(await api.post(name, paid(newId()))).toEqual({
      status: 404,
      text: '{"error":"Not found"}',
    });
  });

  test("no answer, log or metric contains a secret", async () => {
    const api = await startApi(temporal.client);
    const answers = [await api.post(name, paid(newId())), await api.post(name, forged(newId()))];
    const shown = JSON.stringify([answers, api.lines, await api.outcomes(name)]);
    for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
  });
});

test("T-Bank's key without its password, or the reverse, is an error that names the other", () => {
  const required = { DATABASE_URL: "postgres://h/d", TEMPORAL_ADDRESS: "h:7233" };
  for (const [given, missing] of [
    ["TBANK_TERMINAL_KEY", "TBANK_PASSWORD"],
    ["TBANK_PASSWORD", "TBANK_TERMINAL_KEY"],
  ] as const) {
    const read = apiEnvironment.safeParse({ ...required, [given]: "x" });
    expect(read.error?.issues).toMatchObject([{ path: [missing] }]);
    expect(read.error?.issues[0]?.message).toContain(given);
  }
});
