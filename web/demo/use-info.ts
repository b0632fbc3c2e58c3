import { useEffect, useState } from "react";
import { offerPeople } from "./people.ts";
import { askFor, reasonOf, RequestFailed } from "./request.ts";
import { listPeople } from "./telegram.ts";
import { type DemoInfo, isDemoFacts, isPlaces, type Places } from "./wire.ts";

export type Info =
  | { readonly kind: "loading" }
  | { readonly kind: "demo"; readonly info: DemoInfo }
  /** A real bot is connected, so there is nothing to emulate. */
  | { readonly kind: "off"; readonly places: Places }
  | { readonly kind: "failed"; readonly reason: string };

/** The api's facts about the demo, and how to reload them. */
export function useInfo(): readonly [Info, () => void] {
  const [info, setInfo] = useState<Info>({ kind: "loading" });
  useEffect(() => void fetchInfo().then(setInfo), []);
  const reload = () => {
    setInfo({ kind: "loading" });
    void fetchInfo().then(setInfo);
  };
  return [info, reload];
}

async function fetchInfo(): Promise<Info> {
  try {
    const facts = await askFor(isDemoFacts, "/demo/info");
    const people = facts.people ?? offerPeople(facts, await listPeople());
    return { kind: "demo", info: { ...facts, people } };
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 404) {
      return { kind: "off", places: isPlaces(error.body) ? error.body : {} };
    }
    return { kind: "failed", reason: reasonOf(error) };
  }
}
