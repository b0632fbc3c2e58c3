import { useCallback, useEffect, useRef, useState } from "react";
import { useNotify } from "../ui/toast.tsx";
import { behave, misbehave, rulesNow } from "./fault-rules.ts";
import { type Fault, type Gateway, isGateway, type Rule, type Side } from "./faults.ts";
import { repeat, type Repeated } from "./repeat.ts";
import { reasonOf } from "./request.ts";

/** Rules can also be told from elsewhere, and an emulator that starts anew forgets them. */
const lookEveryMs = 5_000;

/** Undefined: it does not answer. */
type Listed = readonly Rule[] | undefined;

export interface Faults {
  readonly gateways: readonly Gateway[];
  /** What the emulators say of themselves; nothing before they have been asked. */
  readonly rules: ReadonlyMap<Gateway, Listed>;
  readonly misbehave: (gateway: Gateway, side: Side, fault: Fault | undefined) => Promise<void>;
  readonly behave: (gateways: readonly Gateway[]) => Promise<void>;
}

/** How the emulated gateways misbehave, kept up to date, and the way to change it. */
export function useFaults(names: readonly string[]): Faults {
  const notify = useNotify();
  const [gateways] = useState(() => names.filter(isGateway));
  const [rules, setRules] = useState<Faults["rules"]>(new Map());
  const look = useCallback(async () => {
    const asked = gateways.map(async (gateway) => {
      return [gateway, await rulesNow(gateway).catch(() => undefined)] as const;
    });
    setRules(new Map(await Promise.all(asked)));
  }, [gateways]);
  const looking = useRef<Repeated>(undefined);
  useEffect(() => {
    const repeated = repeat(look, lookEveryMs);
    looking.current = repeated;
    return repeated.end;
  }, [look]);

  const last = useRef<Promise<void>>(undefined);
  /** One after the other: a change reads the rules before it writes them. */
  function changed(work: () => Promise<unknown>): Promise<void> {
    const turn = async (before: Promise<void> | undefined) => {
      await before;
      await work().catch((error: unknown) => notify(reasonOf(error), "trouble"));
      await look();
      looking.current?.now();
    };
    last.current = turn(last.current);
    return last.current;
  }

  return {
    gateways,
    rules,
    misbehave: (gateway, side, fault) => changed(() => misbehave(gateway, side, fault)),
    behave: (which) => changed(() => Promise.all(which.map(behave))),
  };
}
