import * as z from "zod";
import { flag, json, read, whole, words } from "../params.ts";
import { badRequest, conflict } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";

const allowed = json(z.array(z.string()), "can't parse allowed_updates JSON object").optional();
const poll = z.object({
  offset: whole.default(0),
  limit: whole.default(100),
  timeout: whole.default(0),
  allowed_updates: allowed,
});
const hook = z.object({
  url: words.default(""),
  secret_token: words.optional(),
  max_connections: whole.default(40),
  allowed_updates: allowed,
  drop_pending_updates: flag.optional(),
});
const deletionParams = z.object({ drop_pending_updates: flag.optional() });
const within = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));

/** Methods by which a bot gets its updates: long polls and the webhook. */
export const updates: Methods = {
  getUpdates: (state, call) => {
    if (state.webhook) throw conflict(webhookIsActive);
    const { offset, limit, timeout, allowed_updates } = read(poll, call);
    keepAllowed(state, allowed_updates);
    const ask = { offset, limit: within(limit, 1, 100), timeoutMs: within(timeout, 0, 50) * 1_000 };
    return state.updates.poll(ask, call.hungUp);
  },

  setWebhook: (state, call) => {
    const { url, secret_token = "", max_connections, ...rest } = read(hook, call);
    if (url !== "") checkWebhook(url, secret_token);
    keepAllowed(state, rest.allowed_updates);
    if (rest.drop_pending_updates) state.updates.clear();
    state.updates.endPoll(conflict("terminated by setWebhook request"));
    const limits = { secret_token, max_connections: within(max_connections, 1, 100) };
    state.setWebhook(url === "" ? undefined : { url, ...limits });
    return true;
  },

  deleteWebhook: (state, call) => {
    if (read(deletionParams, call).drop_pending_updates) state.updates.clear();
    state.setWebhook(undefined);
    return true;
  },

  getWebhookInfo: (state) => {
    const wanted = (state.settings.get("allowed-updates") ?? []) as readonly string[];
    const { url = "", max_connections } = state.webhook ?? {};
    return {
      url,
      has_custom_certificate: false,
      pending_update_count: state.updates.pending,
      ...state.webhookError,
      ...(max_connections !== undefined && { max_connections, ip_address: "127.0.0.1" }),
      ...(wanted.length > 0 && { allowed_updates: wanted }),
    };
  },
};

const webhookIsActive =
  "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** The last list that was given stays in force; an empty one means every kind. */
function keepAllowed(state: State, kinds: readonly string[] | undefined): void {
  if (kinds) state.settings.set("allowed-updates", kinds);
}

/** Webhooks go to this machine alone, where plain http will do. */
function checkWebhook(url: string, secret: string): void {
  if (secret.length > 256) throw badRequest("secret token is too long");
  if (!/^[\w-]*$/u.test(secret)) {
    throw badRequest("secret token contains unallowed characters");
  }
  if (!URL.canParse(url)) throw badRequest("invalid webhook URL specified");
  const { protocol, hostname } = new URL(url);
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname);
  if (!isLocal || !/^https?:$/u.test(protocol)) {
    throw badRequest(
      "bad webhook: the emulator calls loopback addresses only, e.g. http://127.0.0.1",
    );
  }
}
