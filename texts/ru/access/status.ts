import type { StatusTexts } from "../../en/access/status.ts";

/** The public page that says how the servers are. */
export const status: StatusTexts = {
  title: (shop) => `${shop}: состояние серверов`,
  overall: {
    works: "Все серверы работают.",
    someMaintenance: "На некоторых серверах идут работы. Остальные работают.",
    allMaintenance: "На серверах идут работы.",
    trouble: "С некоторыми серверами неполадки, мы уже занимаемся ими.",
  },
  server: (number) => `Сервер ${number}`,
  states: {
    works: "🟢 работает",
    partly: "🟡 работает частично",
    maintenance: "🛠 идут работы",
    partMaintenance: "🛠 идут работы на части серверов",
    down: "🔴 не работает",
    unknown: "⚪ не проверялся",
  },
  since: (at) => `с ${at}`,
  checked: (at) => `Последняя проверка: ${at}`,
};
