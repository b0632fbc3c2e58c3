import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as botButtons from "../../bot/buttons.ts";
import * as hostButtons from "../../bot/host-buttons.ts";
import * as locationButtons from "../../bot/location-buttons.ts";
import * as shopButtons from "../../bot/shop-buttons.ts";
import { namingButtons } from "../../bot/subscription-buttons.ts";
import { readSubscription, withSubscription } from "../../domain/messaging/subscription-buttons.ts";
import * as sharedButtons from "../../domain/messaging/buttons.ts";

type AnyButton = sharedButtons.Button<Record<string, sharedButtons.ButtonPart<never, unknown>>>;

const isButton = (value: unknown): value is AnyButton =>
  typeof value === "object" && value !== null && "read" in value && "data" in value;

const buttons = [botButtons, hostButtons, locationButtons, shopButtons, sharedButtons]
  .flatMap((module) => Object.values(module as Record<string, unknown>))
  .flatMap((value) => (isButton(value) ? [value] : Object.values(value as object)))
  .filter(isButton);

const id = "0190f5d8-7c4e-4b59-9c0c-3a1f0f6f7a11";

/** One example of each kind, byte for byte: messages that people have keep their buttons. */
const examples = [
  "plans",
  "plans:2",
  "plan:month",
  "buy:month:3:cryptobot:USDT",
  "top-up",
  "top-up:XTR",
  "top-up:XTR:new",
  "top-up-by:RUB:30000",
  "top-up-ask:USDT",
  "top-up-pay:a-gateway-of-16c:USDT:9007199254740991:0123abcd",
  "add-on:traffic",
  "add-on:device:new",
  "add-pay:d:a-gateway-of-16c:USDT:999999999:999999999:0123abcd",
  "renew-by:stars:XTR",
  "renew-agree:balance:month:3:RUB:0123abcd",
  "begin-by:month:tbank:RUB",
  "begin:month:3:stars:XTR:0123abcd",
  "renewal-end:stop:0123abcd",
  "renewal-end:forget:0123abcd",
  "renewal",
  "payments:2",
  `show-payment:${id}`,
  `cancel-payment:${id}`,
  `invoice-qr:${id}`,
  `refund-part:${id}:0a1b2c3d`,
  `refund-some:${id}:0a1b2c3d:9950`,
  `refund-sent:${id}:0a1b2c3d`,
  `refund-book:${id}:0a1b2c3d`,
  "usage:2",
  "usage-chart",
  "devices",
  "devices:9999",
  "device-add",
  "device-add:0123abcd",
  `device-open:${id}`,
  `device-rename:${id}`,
  `device-sure-reissue:${id}`,
  `device-sure-revoke:${id}`,
  `device-show:${id}`,
  `device-show:${id}:0123abcd`,
  `device-reissue:${id}:0123abcd`,
  `device-revoke:${id}`,
  `device-use:${id}:0123abcd`,
  "hosts",
  "hosts:2",
  `host:${id}`,
  `host-test:${id}:0123abcd`,
  `host-drain:${id}:0123abcd`,
  `host-resume:${id}:0123abcd`,
  `host-migration:${id}`,
  `host-migrate-sure:${id}`,
  `host-migrate:${id}:0123abcd`,
  `host-migrate-stop:${id}:0123abcd`,
  `host-maint:${id}`,
  `host-maint-begin:${id}:0123abcd`,
  `host-maint-end:${id}:0123abcd`,
  `host-give-back:${id}:0123abcd`,
  `host-lose-sure:${id}`,
  `host-lose:${id}:0123abcd`,
  `host-sure:${id}`,
  `host-remove:${id}:0123abcd`,
  `host-where:${id}`,
  `host-at:${id}`,
  `host-at:${id}:a-location-of-16`,
  "locations",
  "locations:2",
  "location:nl",
  "location-field:nl:name-ru",
  "location-set:nl:audience:paying:0123abcd",
  "location-ask:nl:groups",
  "location-new",
  "location-sure:nl",
  "location-remove:nl:0123abcd",
  "device-add-at:_:0123abcd",
  "device-add-at:a-location-of-16:0123abcd:windows",
  `device-where:${id}`,
  `dl:${id}:_`,
  `dl:${id}:a-location-of-16`,
  `device-link:${id}:0123abcd`,
  `device-forget:${id}:0123abcd`,
  "language:en",
  "language:ru:0123abcd",
  "captcha:1:umbrella",
  "joined",
  "admin-pending",
  "admin-pending:2",
  "admin-pending:new",
  "admin-find",
  "admin",
  "admin:month",
  "admin:new",
  "admin-numbers",
  "settings",
  "settings:newcomers",
  "setting:maintenance-text-en",
  "setting-set:zone:Europe/Moscow:0123abcd",
  "setting-ask:name",
  "setting-reset:trial:0123abcd",
  "gateways-move:cryptobot:down:0123abcd",
  "plans-edit",
  "plans-edit:2",
  "plan-edit:month",
  "plan-field:month:price-RUB",
  "plan-set:month:sale:owners:0123abcd",
  "plan-ask:month:name-ru",
  "plan-add-ons:month",
  "plan-part:month:prices",
  "plan-new",
  "privacy",
  "find:2:bob: the builder",
  "customer:5001",
  "customer:5001:here",
  "history:5001",
  "history:5001:2",
  "tickets:2",
  "ticket:5001",
  "ticket-answer:5001",
  "ticket-close:5001",
  "ticket-close:5001:page",
  "support-reply",
  "sure-block:5001",
  "sure-extend:5001:30",
  "sure-unblock:5001",
  "sure-end:5001",
  "ask-days:5001",
  `give:${"0a".repeat(16)}`,
  `give-sure:${"0a".repeat(16)}:5001`,
  `give-yes:${"0a".repeat(16)}:5001`,
  "act:block:5001",
  "act:unblock:5001",
  "act:revoke:5001",
  "act:extend:5001:30",
  "decide:signup:5001:0123abcd:approve",
  "decide:refund:a:0123abcd:reject",
  "decide:signup:5001:0123abcd:reject:full",
  "reject:signup:5001:0123abcd",
  "reject:signup:5001:0123abcd:listed",
  `listed:refund:${"0a".repeat(16)}:0123abcd:approve`,
  "listed:signup:5001:0123abcd:reject:full",
  "reject-ask:signup:5001:0123abcd",
  "approve-all",
  "approve-yes:0123abcd",
  "decisions",
  "my-access",
  "subscriptions",
  "decisions:2",
  "sure-undo:5001:0123abcd",
  "act:undo:5001:0123abcd",
  "payments-found:2:bob",
  `payment:${id}`,
  `payment:${id}:here`,
  `payment-history:${id}`,
  `payment-history:${id}:2`,
  "payments-of:5001",
  "payments-of:5001:2",
  `payment-json:${id}`,
  `sure-refund:${id}`,
  `refund-whole:${id}:0123abcd`,
  "unmatched:2",
  "unmatched:1:new",
  "start",
  "home",
  "connect",
  "platform:iphone",
  "connect-key:linux",
  "works",
  "trouble",
  "trouble:no-internet",
  "help",
  "support",
  "paysupport",
  "terms",
  "balance",
  "invite",
  "languages",
  "admin",
  "device-add:0123abcd:router",
  `device-qr:${id}`,
  `device-text:${id}:0123abcd`,
  `ignore:${"0".repeat(32)}`,
  `unmatched-one:${"0".repeat(32)}`,
  `return:${"0".repeat(32)}`,
  `return-yes:${"0".repeat(32)}`,
];

test("one kind of button reads each data, and writes the same data again", () => {
  for (const data of examples) {
    const values = buttons.flatMap((button) => {
      const read = button.read(data);
      return read === undefined ? [] : [button.data(read as never)];
    });
    expect(values).toEqual([data]);
  }
});

test("every kind of button has an example", () => {
  const unused = buttons.filter(({ pattern }) => !examples.some((data) => pattern.test(data)));
  expect(unused.map(({ pattern }) => pattern.source)).toEqual([]);
});

const kinds = (text: string) => buttons.filter(({ pattern }) => pattern.test(text));

test("a button about a subscription says which, within what Telegram takes, and is still one of its kind", () => {
  const named = examples.flatMap((data) =>
    ([99, "new"] as const).map((choice) => ({ data, choice })),
  );
  const changed = named.filter(({ data, choice }) => {
    const of = withSubscription(data, choice, namingButtons);
    if (of === data) return false;
    expect(Buffer.byteLength(of)).toBeLessThanOrEqual(64);
    expect(readSubscription(of)).toEqual({ data, choice });
    expect(withSubscription(of, 1, namingButtons)).toBe(of);
    expect(kinds(of)).toEqual(kinds(data));
    expect(kinds(of)[0]?.read(of)).toEqual(kinds(data)[0]?.read(data));
    return true;
  });
  const kindsNamed = namingButtons.filter(({ pattern }) =>
    changed.some(({ data }) => pattern.test(data)),
  );
  expect(kindsNamed).toEqual(namingButtons);
});

test("no data is read by two kinds of buttons, whatever it is", () => {
  const anyData = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 64 }),
    fc.constantFrom(...examples).chain((data) => {
      const change = fc.record({ at: fc.nat(data.length), put: fc.string({ maxLength: 3 }) });
      return change.map(({ at, put }) => `${data.slice(0, at)}${put}${data.slice(at)}`);
    }),
  );
  fc.assert(
    fc.property(anyData, (data) => {
      const readers = buttons.filter((button) => button.read(data) !== undefined);
      expect(readers.length).toBeLessThanOrEqual(1);
    }),
  );
});

test("a number that no account can have is read as undefined, and the button is still known", () => {
  for (const digits of ["0", "9999999999999999"]) {
    expect(sharedButtons.customerButton.read(`customer:${digits}`)).toEqual({ id: undefined });
  }
  expect(sharedButtons.customerButton.read("customer:x")).toBeUndefined();
});
