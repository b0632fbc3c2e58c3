import { useCallback, useEffect, useState } from "react";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel } from "../ui/dialog.tsx";
import { dateText } from "./clock.ts";
import { starsText } from "./receipt.tsx";
import { reasonOf } from "./request.ts";
import { actOnSubscription, listSubscriptions } from "./telegram.ts";
import type { Subscription, SubscriptionAct } from "./wire-stars.ts";

interface SubscriptionsProps {
  readonly person: number;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A person's subscriptions in Stars, and what happens to them next: nobody waits for a month. */
export function Subscriptions({ person, open, onClose }: SubscriptionsProps) {
  return (
    <Dialog open={open} onOpenChange={(now) => !now && onClose()}>
      <DialogPanel
        title="Subscriptions in Stars"
        description={
          "What this person pays for each month. Telegram charges by itself; here you say when the " +
          "month is over and how the charge ends."
        }
        className="max-w-lg"
      >
        {open && <List person={person} />}
      </DialogPanel>
    </Dialog>
  );
}

function List({ person }: { person: number }) {
  const { rows, failure, act } = useSubscriptions(person);
  return (
    <div aria-live="polite" className="flex flex-col gap-3">
      {failure !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {failure}
        </p>
      )}
      {rows?.length === 0 && (
        <p className="text-sm">
          There are none. They begin where the bot offers a payment that renews itself.
        </p>
      )}
      {rows?.map((row) => (
        <Row key={row.id} row={row} onAct={(what) => void act(row.id, what)} />
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: Subscription;
  readonly onAct: (act: SubscriptionAct) => void;
}

const acts: Readonly<Record<SubscriptionAct, string>> = {
  renew: "Charge the next month",
  fail: "Let the charge fail",
  cancel: "Cancel",
  resume: "Resume",
};

function Row({ row, onAct }: RowProps) {
  const { invoice, expires_at, state, canceled_by_bot: byBot } = row;
  const running: readonly SubscriptionAct[] = ["renew", "fail", "cancel"];
  const over: readonly SubscriptionAct[] = byBot ? [] : ["resume"];
  return (
    <section aria-label={invoice.title} className="flex flex-col gap-3 rounded-xl bg-raised p-4">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1 wrap-anywhere">
          <h3 className="font-semibold">{invoice.title}</h3>
          <p className="text-sm text-muted">
            {starsText(invoice.total_amount)} a month, paid until {dateText(expires_at)}
          </p>
        </div>
        <Badge className="px-2 py-1">{stateText(state, byBot)}</Badge>
      </div>
      <div className="flex flex-wrap gap-2">
        {(state === "canceled" ? over : running).map((what) => (
          <Button key={what} variant="outline" size="small" onClick={() => onAct(what)}>
            {acts[what]}
          </Button>
        ))}
      </div>
    </section>
  );
}

function stateText(state: string, byBot: boolean): string {
  if (state === "canceled") return byBot ? "cancelled by the bot" : "cancelled";
  return state === "failed" ? "charge failed" : "active";
}

function useSubscriptions(person: number) {
  const [rows, setRows] = useState<readonly Subscription[] | undefined>(undefined);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const fail = useCallback((error: unknown) => setFailure(reasonOf(error)), []);
  const load = useCallback(() => listSubscriptions(person).then(setRows, fail), [person, fail]);
  useEffect(() => void load(), [load]);
  const act = async (id: string, what: SubscriptionAct) => {
    setFailure(undefined);
    await actOnSubscription(person, id, what).catch(fail);
    // Also a charge that is refused changes the subscription.
    await load();
  };
  return { rows, failure, act };
}
