import { charge, getCardList, removeCard } from "./cards.ts";
import { init } from "./init.ts";
import { checkOrder, getQrState, getState } from "./states.ts";
import type { Method } from "./method.ts";
import { cancel, confirm } from "./confirm-and-cancel.ts";
import { getQr, sbpPayTest } from "./sbp.ts";

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    Init: init,
    GetState: getState,
    CheckOrder: checkOrder,
    Confirm: confirm,
    Cancel: cancel,
    GetQr: getQr,
    GetQrState: getQrState,
    SbpPayTest: sbpPayTest,
    Charge: charge,
    GetCardList: getCardList,
    RemoveCard: removeCard,
  } satisfies Record<string, Method>),
);

/** Names are case-sensitive. */
export const findMethod = (name: string): Method | undefined => methods.get(name);
