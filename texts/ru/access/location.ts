import type { AccessTexts } from "../../en/access/index.ts";
import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

export const location: AccessTexts["location"] = {
  any: "⚡ Любая, самая быстрая",
  is: (name) => `Локация: ${isolated(name)}`,
  change: "🌍 Сменить локацию",
  where: (device) => `🌍 <b>Где будет ${isolated(device)}?</b>`,
  whereNew: "🌍 <b>Где будет новое устройство?</b>",
  how: "После смены придёт новый ключ. Старый работает, пока вы не подключитесь с новым, но не дольше часа.",
  full: (name) => `${name}: мест нет`,
  fullNow: (name) =>
    `⚠️ ${isolated(name)}: сейчас мест нет. Ключ придёт сюда, как только место появится. Или откройте «Устройства» и выберите другую локацию.`,

  moving: (device, name) =>
    `🌍 ${isolated(device)} переезжает: ${isolated(name)}. Новый ключ придёт в этот чат.`,
  stays: (device, name) => `🌍 ${isolated(device)}: ${isolated(name)}. Ключ прежний.`,
  waits: (device, name) =>
    `🌍 ${isolated(device)}: ${isolated(name)}. Ключ придёт сюда, как только появится место.`,
  same: (device, name) => `🌍 ${isolated(device)}: ${isolated(name)}, как и было.`,
  noRoom: (device, name) =>
    `⚠️ ${isolated(name)}: сейчас мест нет. ${isolated(device)} остаётся где было, ключ прежний.`,
  notOffered: "⚠️ Эта локация больше не предлагается. Откройте «Устройства» и выберите другую.",
  limit: (n) =>
    n === 0
      ? "⚠️ Сменить локацию устройства здесь нельзя."
      : `⚠️ Менять локацию устройства можно ${counted(n, "раз", "раза", "раз")} в сутки. Попробуйте завтра.`,
};
