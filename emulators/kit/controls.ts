import * as z from "zod";

import type { Chance, Rules } from "./faults.ts";
import { checked, ok, readJson, type Reply, type Request, Unservable } from "./http.ts";

/** What tests and the demo tell a server to do, by method and path: `POST /control/…`. */
export type Controls = Readonly<Record<string, (request: Request) => unknown>>;

/** Throws a 404 where there is no such control. */
export async function control(controls: Controls, request: Request): Promise<Reply> {
  const act = controls[`${request.method} ${request.path}`];
  if (act === undefined) throw new Unservable(404, "there is no such control");
  return ok(await act(request));
}

/** A control whose body is read first. Throws a 400 that names what is wrong with it. */
export function told<Schema extends z.ZodType>(
  schema: Schema,
  act: (body: z.output<Schema>) => unknown,
): (request: Request) => Promise<unknown> {
  return async ({ raw }) => act(checked(schema, await readJson(raw)));
}

interface Usual<Fault extends Chance> {
  readonly faults: Rules<Fault>;
  readonly faultSchema: z.ZodType<Fault>;
  readonly calls: { list(method: string | null): unknown[] };
  readonly reset: () => void | Promise<void>;
}

/** Every emulator's: how it misbehaves, what it was asked, a new beginning. */
export const usualControls = <Fault extends Chance>({
  faults,
  faultSchema,
  calls,
  reset,
}: Usual<Fault>): Controls => ({
  "GET /control/faults": () => faults.list(),
  "POST /control/faults": told(faultSchema, (fault) => faults.add(fault)),
  "DELETE /control/faults": () => {
    faults.clear();
    return [];
  },
  "GET /control/calls": ({ query }) => calls.list(query.get("method")),
  "POST /control/reset": async () => {
    await reset();
    return {};
  },
});

const webhook = z.strictObject({ url: z.string().nullable() });

interface Announcing {
  /** Undefined takes the webhook away. Throws when the URL leaves this machine. */
  readonly setUrl: (url: string | undefined) => void;
  readonly deliveries: { waiting(): unknown[]; hurry(): void };
}

/** Of those that announce what happens: where they do, what waits to be sent, send it now. */
export const webhookControls = ({ setUrl, deliveries }: Announcing): Controls => ({
  "GET /control/webhooks": () => deliveries.waiting(),
  "PUT /control/webhook": told(webhook, ({ url }) => {
    try {
      setUrl(url ?? undefined);
    } catch (error) {
      throw new Unservable(400, (error as Error).message);
    }
    return { url };
  }),
  "POST /control/deliver": () => {
    deliveries.hurry();
    return {};
  },
});
