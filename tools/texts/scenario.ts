import type { WalkStart } from "./bot-walk.ts";
import type { SampleShop } from "./sample-shop.ts";

/** A person in a state, and what they do. */
export interface Scenario {
  readonly name: string;
  readonly shop: SampleShop;
  readonly start: WalkStart;
  /** What is not pressed. */
  readonly left?: RegExp;
}
