/** Before what is wanted: as a type alone. */
export const typesOnly = "types ";
const clients = ["zod", "@temporalio/client"];

export interface Wall {
  /** As .oxlintrc.json names the files behind it. */
  readonly files: string;
  /** Where a file that tries the wall is put; with a folder below, since ways up are named by their length. */
  readonly from: readonly string[];
  readonly keepsOut: readonly string[];
  readonly letsIn: readonly string[];
}

/** One folder up from the top of a folder; a probe deeper down goes further up. */
export const walls: readonly Wall[] = [
  {
    files: "domain/**",
    from: ["domain/probe.ts"],
    keepsOut: [
      "zod",
      "node:crypto",
      "../runtime/log.ts",
      "../workflows/contract.ts",
      "../db/orm.ts",
      "uuid",
    ],
    letsIn: ["./ids.ts"],
  },
  {
    files: "domain/derived-ids.ts",
    from: ["domain/derived-ids.ts"],
    keepsOut: ["zod", "node:crypto", "../workflows/contract.ts", "../db/orm.ts"],
    letsIn: ["./ids.ts", "uuid"],
  },
  {
    files: "texts/**",
    from: ["texts/probe.ts"],
    keepsOut: ["zod", "node:fs", "../db/orm.ts", "../bot/bot.ts", "../gateways/messenger.ts"],
    letsIn: ["./en.ts", "../domain/captcha.ts"],
  },
  {
    files: "workflows/**",
    from: ["workflows/probe.ts"],
    keepsOut: [
      "../activities/signup.ts",
      "../db/orm.ts",
      "../gateways/messenger.ts",
      "../domain/derived-ids.ts",
      "node:fs",
      "zod",
    ],
    letsIn: ["../domain/ids.ts", "@temporalio/workflow", `${typesOnly}../activities/signup.ts`],
  },
  {
    files: "client/**",
    from: ["client/probe.ts"],
    keepsOut: ["../workflows/signup.ts", "../db/orm.ts", "../runtime/log.ts", "uuid", "node:fs"],
    letsIn: ["../domain/ids.ts", "../workflows/contract.ts", "@temporalio/client"],
  },
  {
    files: "activities/**",
    from: ["activities/probe.ts"],
    keepsOut: [
      "../workflows/contract.ts",
      "../gateways/vpn-host/memory.ts",
      "../runtime/environment.ts",
      "telegraf",
      "node:process",
    ],
    letsIn: [
      "../domain/ids.ts",
      "../db/customers.ts",
      "../gateways/messenger.ts",
      "../texts/index.ts",
      "node:timers/promises",
    ],
  },
  {
    files: "gateways/**",
    from: ["gateways/probe.ts", "gateways/vpn-host/probe.ts"],
    keepsOut: ["../db/orm.ts", "../workflows/contract.ts", "telegraf", "@temporalio/client"],
    letsIn: ["../domain/ids.ts", "node:fs", "zod"],
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
    files: "gateways/payment-gateway/stars.ts",
    from: ["gateways/payment-gateway/stars.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "@ton/core"],
    letsIn: ["telegraf", "../domain/ids.ts", "zod"],
  },
  {
    files: "gateways/payment-gateway/ton.ts",
    from: ["gateways/payment-gateway/ton.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "telegraf"],
    letsIn: ["@ton/core", "../domain/ids.ts"],
  },
  {
    files: "gateways/payment-gateway/ton/**",
    from: ["gateways/payment-gateway/ton/probe.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "telegraf"],
    letsIn: ["@ton/core", "../domain/ids.ts", "zod"],
  },
  {
    files: "db/**",
    from: ["db/probe.ts", "db/queries/probe.ts"],
    keepsOut: ["../activities/signup.ts", "../runtime/log.ts", ...clients],
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
    keepsOut: ["../db/orm.ts", "../workflows/contract.ts", "../bot/bot.ts", "telegraf"],
    letsIn: ["../domain/time.ts", "pino", "ioredis"],
  },
  {
    files: "api/**",
    from: ["api/probe.ts", "api/webhooks/probe.ts"],
    keepsOut: [
      "../db/customers.ts",
      "../db/migrate.ts",
      "../workflows/signup.ts",
      "../activities/signup.ts",
      "../gateways/messenger.ts",
      "telegraf",
      "uuid",
    ],
    letsIn: [
      "express",
      "../client/payments.ts",
      "../db/queries/customers.ts",
      "../workflows/contract.ts",
    ],
  },
  {
    files: "bot/**",
    from: ["bot/probe.ts", "bot/commands/probe.ts"],
    keepsOut: [
      "../db/customers.ts",
      "../db/subscriptions.ts",
      "../workflows/signup.ts",
      "../activities/signup.ts",
      "../gateways/messenger.ts",
      "../api/app.ts",
      "uuid",
    ],
    letsIn: [
      "telegraf",
      "../client/payments.ts",
      "../db/queries/customers.ts",
      "../workflows/contract.ts",
      "../texts/index.ts",
    ],
  },
  {
    files: "emulators/**",
    from: ["emulators/probe.ts", "emulators/telegram/probe.ts"],
    keepsOut: [
      "../db/orm.ts",
      "../domain/ids.ts",
      "../gateways/vpn-host.ts",
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
      "../telegram/state.ts",
      "telegraf",
      "express",
      "@ton/core",
    ],
    letsIn: ["./state.ts", "../kit/http.ts", "node:crypto", "zod", "qrcode"],
  },
  {
    files: "emulators/toncenter/**",
    from: ["emulators/toncenter/probe.ts"],
    keepsOut: ["../db/orm.ts", "../domain/ids.ts", "../tbank/state.ts", "express", "qrcode"],
    letsIn: ["./chain.ts", "../kit/http.ts", "zod", "@ton/core"],
  },
  {
    files: "emulators/vpn-client/**",
    from: ["emulators/vpn-client/probe.ts"],
    keepsOut: ["../db/orm.ts", "../domain/ids.ts", "../tbank/state.ts", "qrcode", "@ton/core"],
    letsIn: ["./conf.ts", "../kit/emulator.ts", "zod", "express"],
  },
  {
    files: "web/**",
    from: ["web/probe.ts", "web/demo/probe.ts"],
    keepsOut: ["../api/app.ts", "../domain/ids.ts", "zod", "node:fs"],
    letsIn: ["react", `${typesOnly}../api/app.ts`],
  },
];
