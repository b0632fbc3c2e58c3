import * as z from "zod";
import type { Routes } from "./app.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Chance, Rules } from "./faults.ts";
import type { GatewayStore } from "./gateway-store.ts";
import { HttpError, ok, parseBody, readJson, type Request } from "./http.ts";

/** What tests and the demo ask of a server, by method and path: `POST /control/…`. */
export type Controls = Readonly<Record<string, (request: Request) => unknown>>;

/**
 * Serves controls; answers 404 where there is no such control. `refusalOf` words the refusals of
 * the emulated service, which become a 409.
 */
export const serveControls = (
  controls: Controls,
  refusalOf: (error: unknown) => object | undefined = () => undefined,
): Routes => ({
  serve: async (request) => {
    const act = controls[`${request.method} ${request.path}`];
    if (act === undefined) throw new HttpError(404, "there is no such control");
    try {
      return ok(await act(request));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      return { status: 409, body: refusal };
    }
  },
});

/**
 * A control whose body is read first.
 * @throws HttpError 400 that names what is wrong with the body.
 */
export function withBody<Schema extends z.ZodType>(
  schema: Schema,
  act: (body: z.output<Schema>) => unknown,
): (request: Request) => Promise<unknown> {
  return async ({ raw }) => act(parseBody(schema, await readJson(raw)));
}

interface Controllable<Fault extends Chance> {
  readonly faults: Rules<Fault>;
  readonly calls: { list(method: string | null, sinceMs?: number): unknown[] };
  reset(): void | Promise<void>;
}

/** Every emulator has these: its faults, the calls it answered, a new beginning. */
export const commonControls = <Fault extends Chance>(
  state: Controllable<Fault>,
  faultSchema: z.ZodType<Fault>,
): Controls => ({
  "GET /control/faults": () => state.faults.list(),
  "POST /control/faults": withBody(faultSchema, (fault) => state.faults.add(fault)),
  "DELETE /control/faults": () => {
    state.faults.clear();
    return [];
  },
  "GET /control/calls": ({ query }) =>
    state.calls.list(query.get("method"), Number(query.get("since") ?? 0)),
  "POST /control/reset": async () => {
    await state.reset();
    return {};
  },
});

const webhook = z.strictObject({ url: z.string().nullable() });

/** For those that call webhooks: where they go, what waits to be sent, send it now. */
export const webhookControls = (
  store: Pick<GatewayStore<never>, "setWebhookUrl">,
  deliveries: Pick<Deliveries<unknown>, "list" | "flushNow">,
): Controls => ({
  "GET /control/webhooks": () => deliveries.list(),
  "PUT /control/webhook": withBody(webhook, ({ url }) => {
    try {
      store.setWebhookUrl(url ?? undefined);
    } catch (error) {
      throw new HttpError(400, (error as Error).message);
    }
    return { url };
  }),
  "POST /control/deliver": () => {
    deliveries.flushNow();
    return {};
  },
});
