import { expect, test } from "vitest";
import { startCryptoBot } from "./cryptobot-client.ts";
import { cards, startTBank } from "./tbank-client.ts";
import { startToncenter } from "./toncenter-client.ts";

async function read(url: string, accepted = "*"): Promise<string> {
  const answer = await fetch(url, { headers: { "accept-language": accepted } });
  return answer.text();
}

const withLanguage = (url: string, language: string) => {
  const named = new URL(url);
  named.searchParams.set("lang", language);
  return named.href;
};

test("T-Bank's form is in the language that the shop asked for, else its address's, else Russian", async () => {
  const { init } = await startTBank();
  const plain = (await init({ Language: undefined })).PaymentURL;
  const english = (await init({ Language: "en" })).PaymentURL;
  expect(await read(plain, "en")).toContain('<html lang="ru">');
  expect(await read(withLanguage(plain, "en"))).toContain("Card number");
  expect(await read(withLanguage(english, "ru"), "ru")).toContain("Card number");
  const body = new URLSearchParams({ do: "card", number: cards.good, expires: "12/49" });
  const paid = await fetch(withLanguage(plain, "en"), { method: "POST", body });
  expect(await paid.text()).toContain("Paid: ");
});

test("CryptoBot's page is in the language of its address, else the browser's, else English", async () => {
  const { invoice } = await startCryptoBot();
  const { bot_invoice_url: url } = await invoice({
    asset: undefined,
    fiat: "RUB",
    currency_type: "fiat",
  });
  expect(await read(url)).toContain("Pay with");
  expect(await read(url, "de, ru;q=0.8, en;q=0.7")).toContain("Чем оплатить");
  expect(await read(withLanguage(url, "en"), "ru")).toContain("Pay with");
  const body = new URLSearchParams({ asset: "USDT" });
  const paid = await fetch(withLanguage(url, "ru"), { method: "POST", body });
  expect(await paid.text()).toContain("Оплачено: ");
  expect(await read(`${url}none`, "ru")).toContain("Такого счёта нет");
});

test("the wallet's page keeps its language from the link to the payment", async () => {
  const toncenter = await startToncenter();
  const { merchant } = await toncenter.info();
  const url = `${toncenter.url}/pay?to=${merchant.non_bounceable}&amount=1500000000`;
  expect(await read(url)).toContain("Pay 1.5 TON");
  expect(await read(url, "ru")).toContain("Оплатить 1.5 TON");
  const russian = await read(withLanguage(url, "ru"));
  const [, action = ""] = /action="([^"]+)"/u.exec(russian) ?? [];
  const body = new URLSearchParams({ to: merchant.non_bounceable, amount: "1500000000" });
  const paid = await fetch(new URL(action, toncenter.url), { method: "POST", body });
  expect(await paid.text()).toContain("списано с кошелька");
  expect(await read(withLanguage(`${toncenter.url}/pay?amount=1`, "ru"))).toContain(
    "нет адреса TON",
  );
});
