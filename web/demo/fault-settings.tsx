import { Zap } from "lucide-react";
import { useState } from "react";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel, DialogTrigger } from "../ui/dialog.tsx";
import { fieldClass, Labelled } from "../ui/field.tsx";
import {
  describeFaults,
  type Fault,
  faultNow,
  faultsOf,
  faultWords,
  type Gateway,
  type Rule,
  type Side,
  subjectOf,
} from "./faults.ts";
import type { Faults } from "./use-faults.ts";

/** The button that opens the panel of faults, with the number of active ones, and the panel. */
export function FaultSettings({ faults }: { faults: Faults }) {
  const on = activeFaultsOf(faults).length;
  if (faults.gateways.length === 0) return null;
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="outline" size="small" className="max-md:border-0 max-md:px-2.5">
          <Zap aria-hidden />
          <span className="max-md:sr-only">Misbehave</span>
          {on > 0 && (
            <Badge className="bg-warning-tint text-warning">
              {on}
              <span className="sr-only"> on</span>
            </Badge>
          )}
        </Button>
      </DialogTrigger>
      <DialogPanel
        title="Misbehave"
        description={
          "The emulated gateways do wrong on purpose, as real ones do now and then. Whatever is " +
          "on here, money in is access out, once."
        }
        className="max-w-2xl"
      >
        <div className="grid gap-3 sm:grid-cols-2">
          {faults.gateways.map((gateway) => (
            <GatewayCard key={gateway.name} gateway={gateway} faults={faults} />
          ))}
        </div>
        <Button
          variant="outline"
          className="self-start"
          aria-disabled={on === 0}
          onClick={() => void (on > 0 && faults.clearFaults(faults.gateways))}
        >
          All behave again
        </Button>
      </DialogPanel>
    </Dialog>
  );
}

/** The active faults in words, shown also while the panel is closed. */
export function ActiveFaults({ faults }: { faults: Faults }) {
  const all = activeFaultsOf(faults);
  return (
    <ul
      aria-label="What misbehaves now"
      aria-live="polite"
      className={
        "flex shrink-0 gap-1.5 empty:hidden max-md:order-3 max-md:w-full max-md:overflow-x-auto " +
        "max-md:px-3 max-md:pb-1.5 md:flex-col md:items-start"
      }
    >
      {all.map((fault) => (
        <li key={fault} className="max-md:shrink-0">
          <Badge className="bg-warning-tint px-2.5 py-1 font-medium text-warning">{fault}</Badge>
        </li>
      ))}
    </ul>
  );
}

const activeFaultsOf = ({ gateways, rules }: Faults): readonly string[] =>
  gateways.flatMap((gateway) => describeFaults(gateway, rules.get(gateway.name) ?? []));

function GatewayCard({ gateway, faults }: { gateway: Gateway; faults: Faults }) {
  const { title } = gateway;
  const rules = faults.rules.get(gateway.name);
  return (
    <section aria-label={title} className="flex flex-col gap-3 rounded-xl bg-raised p-4">
      <h3 className="text-sm font-semibold">{title}</h3>
      {rules === undefined ? (
        <p className="text-sm text-muted">It does not answer. See the terminal for the reason.</p>
      ) : (
        <>
          <FaultSelect {...{ gateway, rules, faults }} side="notices" />
          <FaultSelect {...{ gateway, rules, faults }} side="answers" />
          <Button
            variant="secondary"
            size="small"
            className="self-start"
            aria-disabled={rules.length === 0}
            onClick={() => void (rules.length > 0 && faults.clearFaults([gateway]))}
          >
            Behave again
          </Button>
        </>
      )}
    </section>
  );
}

interface FaultSelectProps {
  readonly gateway: Gateway;
  readonly side: Side;
  readonly rules: readonly Rule[];
  readonly faults: Faults;
}

const good = "good";

/** The fault of one side; a new choice is shown until the emulator has it. */
function FaultSelect({ gateway, side, rules, faults }: FaultSelectProps) {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const now = faultNow(rules, side);
  const choose = async (value: string) => {
    setChosen(value);
    await faults.setFault(gateway, side, value === good ? undefined : (value as Fault));
    // Another choice may have been made meanwhile.
    setChosen((waiting) => (waiting === value ? undefined : waiting));
  };
  return (
    <Labelled label={subjectOf(gateway, side)}>
      <select
        className={fieldClass}
        value={chosen ?? now ?? good}
        onChange={(event) => void choose(event.target.value)}
      >
        <option value={good}>as they should be</option>
        {faultsOf(gateway, side).map((fault) => (
          <option key={fault} value={fault}>
            {faultWords[fault]}
          </option>
        ))}
        {now === "other" && (
          <option value="other" disabled>
            {faultWords.other}
          </option>
        )}
      </select>
    </Labelled>
  );
}
