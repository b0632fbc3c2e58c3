/** Prefix of an import that is allowed as a type only. */
export const typesOnly = "types ";
const clients = ["zod", "@temporalio/client"];

/** A wall between folders, as the linter holds it. */
export interface Wall {
  /** The files behind the wall, as .oxlintrc.json names them. */
  readonly files: string;
  /**
   * Where a probe of the wall is put; with a subfolder,
   * because the rules name upward paths by their length.
   */
  readonly from: readonly string[];
  readonly keepsOut: readonly string[];
  readonly letsIn: readonly string[];
}

/** `../` is the top of the repository, wherever a probe is. */
export const walls: readonly Wall[] = [
  {
    files: "domain/**",
    from: ["domain/probe.ts", "domain/payments/probe.ts"],
    keepsOut: [
      "zod",
      "node:crypto",
      "../runtime/log.ts",
      "../workflows/contract/names.ts",
      "../db/orm.ts",
      "uuid",
    ],
    letsIn: ["./ids.ts"],
  },
  {
    files: "domain/derived-ids.ts",
    from: ["domain/derived-ids.ts"],
    keepsOut: ["zod", "node:crypto", "../workflows/contract/names.ts", "../db/orm.ts"],
    letsIn: ["./ids.ts", "uuid"],
  },
  {
    files: "texts/**",
    from: ["texts/probe.ts", "texts/en/probe.ts", "texts/en/payments/probe.ts"],
    keepsOut: ["zod", "node:fs", "../db/orm.ts", "../bot/bot.ts", "../gateways/messenger/port.ts"],
    letsIn: ["./html.ts", "../domain/people/captcha.ts"],
  },
  {
    files: "workflows/**",
    from: ["workflows/probe.ts", "workflows/steps/probe.ts"],
    keepsOut: [
      "../activities/people/people.ts",
      "../db/orm.ts",
      "../gateways/messenger/port.ts",
      "../domain/derived-ids.ts",
      "node:fs",
      "zod",
    ],
    letsIn: [
      "../domain/ids.ts",
      "@temporalio/workflow",
      `${typesOnly}../activities/people/people.ts`,
    ],
  },
  {
    files: "client/**",
    from: ["client/probe.ts"],
    keepsOut: ["../workflows/signup.ts", "../db/orm.ts", "../runtime/log.ts", "uuid", "node:fs"],
    letsIn: ["../domain/ids.ts", "../workflows/contract/names.ts", "@temporalio/client"],
  },
  {
    files: "activities/**",
    from: ["activities/probe.ts", "activities/operations/reconciliation/probe.ts"],
    keepsOut: [
      "../workflows/contract/names.ts",
      "../gateways/hosts/memory.ts",
      "../runtime/environment.ts",
      "telegraf",
      "node:process",
    ],
    letsIn: [
      "../domain/ids.ts",
      "../db/people/customers.ts",
      "../gateways/messenger/port.ts",
      "../runtime/backoff.ts",
      "../texts/index.ts",
      "node:timers/promises",
    ],
  },
  {
    files: "gateways/**",
    from: ["gateways/probe.ts", "gateways/hosts/amneziawg/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../runtime/environment.ts",
      "../workflows/contract/names.ts",
      "telegraf",
      "@temporalio/client",
    ],
    letsIn: [
      "../domain/ids.ts",
      "../gateways/hosts/panel/panel.ts",
      "../gateways/hosts/probes/attempt.ts",
      "../runtime/connecting.ts",
      "../runtime/secret.ts",
      "node:fs",
      "zod",
    ],
  },
  {
    files: "gateways/messenger/telegram.ts",
    from: ["gateways/messenger/telegram.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client"],
    letsIn: ["telegraf", "../domain/ids.ts"],
  },
  {
    files: "gateways/messenger/telegram-call.ts",
    from: ["gateways/messenger/telegram-call.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client"],
    letsIn: ["telegraf", "../domain/ids.ts"],
  },
  {
    files: "gateways/messenger/telegram-members.ts",
    from: ["gateways/messenger/telegram-members.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client"],
    letsIn: ["telegraf", "../domain/ids.ts"],
  },
  {
    files: "gateways/payments/stars/**",
    from: ["gateways/payments/stars/probe.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "@ton/core"],
    letsIn: ["telegraf", "../domain/ids.ts", "zod"],
  },
  {
    files: "gateways/payments/ton/**",
    from: ["gateways/payments/ton/probe.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "telegraf"],
    letsIn: ["@ton/core", "../domain/ids.ts", "zod"],
  },
  {
    files: "gateways/**/webhook.ts",
    from: ["gateways/payments/probe/webhook.ts"],
    keepsOut: ["../db/orm.ts", "./adapter.ts", "./api.ts", "telegraf", "express"],
    letsIn: ["./protocol.ts", "../domain/ids.ts", "../runtime/secret.ts", "zod", "node:crypto"],
  },
  {
    files: "db/**",
    from: ["db/probe.ts", "db/payments/probe.ts", "db/queries/payments/probe.ts"],
    keepsOut: ["../activities/people/people.ts", "../runtime/log.ts", ...clients],
    letsIn: ["@mikro-orm/postgresql", "../domain/ids.ts", "kysely", "pg"],
  },
  {
    files: "db/prepared.ts",
    from: ["db/prepared.ts"],
    keepsOut: ["@mikro-orm/postgresql", "../domain/ids.ts", ...clients],
    letsIn: ["kysely", "pg"],
  },
  {
    files: "runtime/**",
    from: ["runtime/probe.ts"],
    keepsOut: ["../db/orm.ts", "../workflows/contract/names.ts", "../bot/bot.ts", "telegraf"],
    letsIn: ["../domain/time.ts", "pino", "ioredis"],
  },
  {
    files: "api/**",
    from: ["api/probe.ts", "api/webhooks/probe.ts"],
    keepsOut: [
      "../db/people/customers.ts",
      "../db/migrate.ts",
      "../workflows/signup.ts",
      "../activities/people/people.ts",
      "../gateways/messenger/port.ts",
      "telegraf",
      "uuid",
    ],
    letsIn: [
      "express",
      "../client/payments.ts",
      "../texts/index.ts",
      "../db/queries/people/customers.ts",
      "../workflows/contract/names.ts",
    ],
  },
  {
    files: "bot/**",
    from: ["bot/probe.ts", "bot/commands/payments/probe.ts"],
    keepsOut: [
      "../db/people/customers.ts",
      "../db/access/subscriptions.ts",
      "../workflows/signup.ts",
      "../activities/people/people.ts",
      "../gateways/messenger/port.ts",
      "../api/app.ts",
      "uuid",
    ],
    letsIn: [
      "telegraf",
      "@napi-rs/canvas",
      "../client/payments.ts",
      "../db/queries/people/customers.ts",
      "../workflows/contract/names.ts",
      "../texts/index.ts",
    ],
  },
  {
    files: "emulators/**",
    from: ["emulators/probe.ts", "emulators/telegram/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../gateways/hosts/port.ts",
      "telegraf",
      "express",
      "qrcode",
      "@ton/core",
    ],
    letsIn: ["./main.ts", "zod", "node:fs"],
  },
  {
    files: "emulators/tbank/**",
    from: ["emulators/tbank/probe.ts", "emulators/tbank/methods/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../emulators/telegram/state.ts",
      "telegraf",
      "express",
      "@ton/core",
    ],
    letsIn: ["./state.ts", "../emulators/kit/http.ts", "node:crypto", "zod", "qrcode"],
  },
  {
    files: "emulators/toncenter/**",
    from: ["emulators/toncenter/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../emulators/tbank/state.ts",
      "express",
      "qrcode",
    ],
    letsIn: ["./chain.ts", "../emulators/kit/http.ts", "zod", "@ton/core"],
  },
  {
    files: "emulators/marzban/**",
    from: ["emulators/marzban/probe.ts", "emulators/marzban/routes/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../emulators/pasarguard/state.ts",
      "express",
      "qrcode",
    ],
    letsIn: ["./state.ts", "../emulators/kit/http.ts", "../emulators/panel-kit/node.ts", "zod"],
  },
  {
    files: "emulators/pasarguard/**",
    from: ["emulators/pasarguard/probe.ts", "emulators/pasarguard/routes/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../emulators/marzban/state.ts",
      "express",
      "qrcode",
    ],
    letsIn: ["./state.ts", "../emulators/kit/http.ts", "../emulators/panel-kit/node.ts", "zod"],
  },
  {
    files: "emulators/vpn-client/**",
    from: ["emulators/vpn-client/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../emulators/tbank/state.ts",
      "qrcode",
      "@ton/core",
    ],
    letsIn: ["./conf.ts", "../emulators/kit/emulator.ts", "zod", "express"],
  },
  {
    files: "web/**",
    from: ["web/probe.ts", "web/demo/probe.ts"],
    keepsOut: ["../api/app.ts", "../domain/ids.ts", "zod", "node:fs"],
    letsIn: ["react", `${typesOnly}../api/app.ts`],
  },
];
