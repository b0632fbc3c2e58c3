import type { MaintenanceTexts } from "../../en/access/maintenance.ts";
import { hours, minutes } from "../counts.ts";

/** What customers read of a maintenance of their server. */
export const maintenance: MaintenanceTexts = {
  usual:
    "🛠 <b>На вашем сервере идут работы.</b> Пока они идут, соединения может не быть. Ключи менять не нужно.",
  own: (text) => `🛠 ${text}`,
  until: (at) => `Планируем закончить к ${at}.`,
  waits: "Автопродление подождёт: до конца работ ничего не спишем.",
  duration: (h, m) => [...(h > 0 ? [hours(h)] : []), ...(m > 0 ? [minutes(m)] : [])].join(" "),
  givenBack: (time, until) =>
    `🎁 <b>Вернули время, пока шли работы на сервере: ${time}.</b> Доступ теперь открыт до ${until}.`,
};
