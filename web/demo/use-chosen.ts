import { useEffect, useState } from "react";

const address = /^#\/demo\/(\d+)$/u;

/** Who you are now. It stands in the page's address, so a reload or a link keeps it. */
export function useChosen(fallback: number): readonly [number, (person: number) => void] {
  const [chosen, setChosen] = useState(() => chosenNow(fallback));
  useEffect(() => {
    const follow = () => setChosen(chosenNow(fallback));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [fallback]);
  return [chosen, (person) => window.location.assign(`#/demo/${person}`)];
}

function chosenNow(fallback: number): number {
  const person = Number(address.exec(window.location.hash)?.[1]);
  return Number.isSafeInteger(person) && person > 0 ? person : fallback;
}
