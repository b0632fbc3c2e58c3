import type { StatusTexts } from "../../en/access/status.ts";

/** The public page that says how the servers are. */
export const status: StatusTexts = {
  title: (shop) => `${shop}: состояние серверов`,
  allWell: "Все серверы работают.",
  someTrouble: "С некоторыми серверами неполадки, мы уже занимаемся ими.",
  server: (number) => `Сервер ${number}`,
  states: {
    works: "🟢 работает",
    partly: "🟡 работает частично",
    down: "🔴 не работает",
    unknown: "⚪ не проверялся",
  },
  since: (at) => `с ${at}`,
  checked: (at) => `Последняя проверка: ${at}`,
};
