import { pictures } from "../../domain/people/captcha.ts";
import { textsIn } from "../../texts/index.ts";
import type { DemoPhone } from "./demo-phone.ts";

/** What somebody does on the demo's phone, until the picture is taken. */
export interface Scene {
  /** Part of the picture's file name. */
  readonly name: string;
  readonly play: (phone: DemoPhone) => Promise<void>;
  /** Another picture of the whole page as on a desk, by this file's name. */
  readonly wide?: string;
}

const bob = /Bob/u;
const maria = /Мария/u;
const alice = /Alice/u;

const en = textsIn("en");
const ru = textsIn("ru");

/** In the order in which they are played: each goes on where the one before has ended. */
export const scenes: readonly Scene[] = [
  {
    name: "ask-for-access",
    play: async (phone) => {
      await phone.be(bob);
      await phone.start();
      await answerCaptcha(phone);
      await phone.read(/your request/u);
    },
  },
  {
    name: "approve",
    play: async (phone) => {
      await phone.be(maria);
      await phone.start();
      await answerCaptcha(phone);
      await phone.read(/заявк/u);
      await phone.be(alice, "dark");
      await phone.press("✅ Approve");
      await phone.read(/Approved by/u);
    },
  },
  {
    name: "key",
    play: async (phone) => {
      await phone.press("✅ Approve");
      await phone.be(bob);
      await phone.read(/Your key for/u);
    },
  },
  {
    name: "connect",
    wide: "demo.png",
    play: async (phone) => {
      await phone.press(en.messaging.menu.connect, en.access.connect.platforms.iphone);
      await phone.read(/Turn the switch on/u);
    },
  },
  {
    name: "choose-a-plan",
    play: async (phone) => {
      await phone.be(maria, "dark");
      await phone.read(/Ваш ключ/u);
      await phone.write("/start");
      await phone.read(/Пробный/u);
      await phone.press(ru.messaging.menu.extend, /🔥/u);
      await phone.read(/Как удобнее заплатить/u);
    },
  },
  {
    name: "invoice",
    play: async (phone) => {
      await phone.press(/CryptoBot/u);
      await phone.read(/Ждём оплату/u);
    },
  },
  {
    name: "paid",
    play: async (phone) => {
      await phone.payOnPage();
      await phone.read(/Оплачено\. Доступ/u);
    },
  },
  {
    name: "ask-support",
    play: async (phone) => {
      await phone.be(bob);
      await phone.press(en.messaging.menu.back, en.messaging.menu.help);
      await phone.press(/Ask a person/u);
      await phone.read(/Write to us/u);
      await phone.write("It worked yesterday, and today nothing loads on my phone.");
      await phone.be(alice, "dark");
      await phone.read(/nothing loads on my phone/u);
      await phone.press(/Answer/u);
      await phone.write("Please turn the VPN off and on: we have just moved the server.");
      await phone.be(bob);
      await phone.read(/we have just moved the server/u);
    },
  },
  {
    name: "today-for-admins",
    play: async (phone) => {
      await phone.be(alice, "dark");
      await phone.write("/admin");
      await phone.read(/Came in/u);
    },
  },
  {
    name: "customer-card",
    play: async (phone) => {
      await phone.write("/find Мария");
      await phone.read(/Number: 5002/u);
    },
  },
];

/** Presses the picture that the bot has asked for. */
async function answerCaptcha(phone: DemoPhone): Promise<void> {
  const question = await phone.read(/Press the \w+\.|Нажмите на/u);
  for (const { people } of [en, ru]) {
    for (const [picture, name] of Object.entries(people.pictures)) {
      if (question.includes(` ${name}.`)) {
        return phone.press(pictures[picture as keyof typeof pictures]);
      }
    }
  }
  throw new Error(`no picture in: ${question}`);
}
