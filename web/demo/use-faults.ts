import { useCallback, useEffect, useRef, useState } from "react";
import { useNotify } from "../ui/toast.tsx";
import { clearFaults, listRules, setFault } from "./fault-rules.ts";
import { type Fault, type Gateway, isGateway, type Rule, type Side } from "./faults.ts";
import { poll, type Poll } from "./poll.ts";
import { reasonOf } from "./request.ts";

/** Rules can be changed from elsewhere, and a restarted emulator forgets them. */
const pollIntervalMs = 5_000;

/** Undefined: it does not answer. */
type RuleList = readonly Rule[] | undefined;

/** The faults of all gateways, and how to change them. */
export interface Faults {
  readonly gateways: readonly Gateway[];
  /** The rules by gateway; empty before the first answer. */
  readonly rules: ReadonlyMap<Gateway, RuleList>;
  readonly setFault: (gateway: Gateway, side: Side, fault: Fault | undefined) => Promise<void>;
  readonly clearFaults: (gateways: readonly Gateway[]) => Promise<void>;
}

/** The faults of the emulated gateways, kept up to date, and how to change them. */
export function useFaults(names: readonly string[]): Faults {
  const notify = useNotify();
  const [gateways] = useState(() => names.filter(isGateway));
  const [rules, setRules] = useState<Faults["rules"]>(new Map());
  const refresh = useCallback(async () => {
    const answers = gateways.map(async (gateway) => {
      return [gateway, await listRules(gateway).catch(() => undefined)] as const;
    });
    setRules(new Map(await Promise.all(answers)));
  }, [gateways]);
  const pollRef = useRef<Poll>(undefined);
  useEffect(() => {
    const polling = poll(refresh, pollIntervalMs);
    pollRef.current = polling;
    return polling.end;
  }, [refresh]);

  const last = useRef<Promise<void>>(undefined);
  /** One after the other: a change reads the rules before it writes them. */
  function enqueue(work: () => Promise<unknown>): Promise<void> {
    const turn = async (before: Promise<void> | undefined) => {
      await before;
      await work().catch((error: unknown) => notify(reasonOf(error), "destructive"));
      await refresh();
      pollRef.current?.now();
    };
    last.current = turn(last.current);
    return last.current;
  }

  return {
    gateways,
    rules,
    setFault: (gateway, side, fault) => enqueue(() => setFault(gateway, side, fault)),
    clearFaults: (which) => enqueue(() => Promise.all(which.map(clearFaults))),
  };
}
