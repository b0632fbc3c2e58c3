import { expect, test } from "vitest";
import { type LinkTarget, targetOf } from "../../web/demo/links.ts";

const reader = { language: "ru", username: "tollgate_demo_bot" };
const page = (href: string): LinkTarget => ({ kind: "page", href });

test.for<[string, LinkTarget | undefined]>([
  ["https://example.org/a?b=1", page("https://example.org/a?b=1")],
  ["example.org", page("https://example.org/")],
  ["http://127.0.0.1:8083/pay/x", page("http://127.0.0.1:8083/pay/x?lang=ru")],
  ["http://localhost:8084/pay?to=y", page("http://localhost:8084/pay?to=y&lang=ru")],
  ["https://t.me/$Ab-_1", { kind: "invoice", link: "https://t.me/$Ab-_1" }],
  ["t.me/invoice/Ab1", { kind: "invoice", link: "https://t.me/invoice/Ab1" }],
  ["https://t.me/Tollgate_demo_bot?start=ref_7", { kind: "start", text: "/start ref_7" }],
  ["https://t.me/tollgate_demo_bot", page("https://t.me/tollgate_demo_bot")],
  ["https://t.me/other_bot?start=ref_7", page("https://t.me/other_bot?start=ref_7")],
  ["https://t.me/tollgate_demo_bot?start=a b", page("https://t.me/tollgate_demo_bot?start=a%20b")],
  ["javascript:alert(1)", undefined],
])("%s leads to %j", ([link, target]) => {
  expect(targetOf(link, reader)).toEqual(target);
});

test("as long as the person's language and the bot's name are not known, links are links", () => {
  const unknown = { language: undefined, username: undefined };
  expect(targetOf("http://127.0.0.1:8083/pay/x", unknown)).toEqual(
    page("http://127.0.0.1:8083/pay/x"),
  );
  expect(targetOf("https://t.me/tollgate_demo_bot?start=x", unknown)?.kind).toBe("page");
});
