import { expect, test } from "vitest";
import { startToncenter } from "./toncenter-client.ts";

async function startAll(clock = Date.now) {
  const toncenter = await startToncenter({ now: clock });
  const { merchant, usdt } = await toncenter.info();
  const show = async (params: Record<string, string>) => {
    const answer = await fetch(`${toncenter.url}/pay?${new URLSearchParams(params)}`);
    return { status: answer.status, html: await answer.text() };
  };
  /** What a browser sends when the page's button is pressed. */
  const press = async (html: string, change: Record<string, string> = {}) => {
    const inputs = html.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/gu);
    const form = new URLSearchParams(
      [...inputs].map(([, name = "", value = ""]) => [name, plain(value)]),
    );
    for (const [name, value] of Object.entries(change)) form.set(name, value);
    const answer = await fetch(`${toncenter.url}/pay`, { method: "POST", body: form });
    return { status: answer.status, html: await answer.text() };
  };
  return { ...toncenter, show, press, to: merchant.non_bounceable, master: usdt.master.bounceable };
}

const plain = (html: string) =>
  html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

test("a payment link opens a page that says what is paid, and its button pays it once", async () => {
  const { show, press, received, to } = await startAll();
  const link = `ton://transfer/${to}?amount=1500000000&text=${encodeURIComponent("memo & <b>")}`;
  const { html } = await show({ link });
  expect(html).toContain(to);
  expect(html).toContain("1.5 TON");
  expect(html).toContain("memo &amp; &lt;b&gt;");
  expect(html).toMatch(/<meta name="viewport"/u);
  expect(html).toMatch(/<label[^>]*>From the wallet of\s*<input name="from"/u);
  expect(html).not.toContain("<script");
  for (let presses = 0; presses < 2; presses += 1) {
    expect(await press(html, { from: "ann" })).toMatchObject({
      status: 200,
      html: expect.stringContaining("1.5 TON (Gram) left the wallet"),
    });
  }
  expect(await received()).toMatchObject([
    { in_msg: { value: "1500000000", message_content: { decoded: { comment: "memo & <b>" } } } },
  ]);
});

test("a jetton's link shows its own decimals and pays its units", async () => {
  const { show, press, transfers, to, master } = await startAll();
  const { html } = await show({ address: to, amount: "2050000", jetton: master, text: "memo" });
  expect(html).toContain("2.05 USD₮");
  await press(html);
  expect(await transfers()).toMatchObject([
    { amount: "2050000", decoded_forward_payload: { comment: "memo" } },
  ]);
});

test("a link as wallets have on their own pages, with the address in its path, is paid as well", async () => {
  const { url, press, received, to } = await startAll();
  const answer = await fetch(`${url}/pay/${to}?amount=7&text=memo%20a`);
  expect(answer.status).toBe(200);
  await press(await answer.text());
  expect(await received()).toMatchObject([
    { in_msg: { value: "7", message_content: { decoded: { comment: "memo a" } } } },
  ]);
  const nowhere = await fetch(`${url}/pay/nobody?amount=7`);
  expect([nowhere.status, await nowhere.text()]).toEqual([
    400,
    expect.stringContaining("no address of TON"),
  ]);
});

test("a link whose time is over is not paid, not even by a page that was open", async () => {
  let nowMs = Date.UTC(2026, 10, 21);
  const { show, press, received, to } = await startAll(() => nowMs);
  const exp = String(nowMs / 1000 + 60);
  const { html } = await show({ address: to, amount: "5", exp });
  nowMs += 61_000;
  expect(await press(html)).toMatchObject({
    status: 400,
    html: expect.stringContaining("The time to pay this is over"),
  });
  expect((await show({ address: to, amount: "5", exp })).html).toContain("Ask the shop");
  expect(await received()).toEqual([]);
});

test("a link that cannot be paid says why", async () => {
  const { show, press, to, received } = await startAll();
  const texts = [
    [{ amount: "5" }, "no address of TON"],
    [{ address: to }, "no amount"],
    [{ address: to, amount: "0" }, "no amount"],
    [{ address: to, amount: "5", jetton: to }, "not known here"],
  ] as const;
  for (const [params, text] of texts) {
    expect(await show(params)).toMatchObject({ status: 400, html: expect.stringContaining(text) });
  }
  const { html } = await show({ address: to, amount: "5" });
  expect(await press(html, { from: "<x>" })).toMatchObject({ status: 400 });
  expect(await received()).toEqual([]);
});
