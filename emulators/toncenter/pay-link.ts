import { Address } from "@ton/core";
import { accountOf } from "./addresses.ts";
import type { Jettons } from "./jettons.ts";
import { isAddress } from "./operations.ts";
import type { LinkFault } from "./texts.ts";

/** What a payment link asks a wallet for. */
export interface WantedPayment {
  readonly to: string;
  /** Base units. */
  readonly amount: string;
  /** In the coin's own unit, as `1.5 TON`. */
  readonly shownAmount: string;
  /** What the coin is called; anybody can name a jetton like another, so its master too. */
  readonly coin: string;
  readonly comment: string;
  /** A jetton's master; without it, the native coin. */
  readonly jetton?: string | undefined;
  /** Seconds since 1970, after which a wallet no longer pays. */
  readonly exp?: string | undefined;
}

/** The link cannot be paid. */
export class BadLink extends Error {
  readonly fault: LinkFault;

  constructor(fault: LinkFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Reads what a wallet is given: `?link=ton://transfer/<address>?amount&text&jetton&exp`, or the
 * same parameters with the address as `address` or `to` [TON:deep-links.mdx].
 * @throws BadLink when it has no address or no amount to pay.
 */
export function readLink(query: URLSearchParams, jettons: Jettons): WantedPayment {
  const link = query.get("link");
  const params = link === null ? query : paramsOf(link);
  const to = params.get("address") ?? params.get("to") ?? "";
  if (!isAddress(to)) throw new BadLink("noAddress");
  const amount = params.get("amount") ?? "";
  if (!/^[1-9]\d{0,17}$/u.test(amount)) throw new BadLink("noAmount");
  const jetton = params.get("jetton") ?? undefined;
  const comment = params.get("text") ?? params.get("comment") ?? "";
  const exp = params.get("exp") ?? undefined;
  return { to, amount, comment, jetton, exp, ...displayOf(amount, jetton, jettons) };
}

/** Whether a wallet would no longer pay this. */
export const isOver = ({ exp }: WantedPayment, nowMs: number): boolean =>
  exp !== undefined && Number(exp) * 1000 < nowMs;

function paramsOf(link: string): URLSearchParams {
  const [, address = "", rest = ""] = /^ton:\/\/transfer\/([^?]+)\??(.*)$/u.exec(link) ?? [];
  const params = new URLSearchParams(rest);
  params.set("address", address);
  return params;
}

function displayOf(
  amount: string,
  jetton: string | undefined,
  jettons: Jettons,
): Pick<WantedPayment, "shownAmount" | "coin"> {
  if (jetton === undefined) return { shownAmount: `${decimal(amount, 9)} TON`, coin: "Gram" };
  const known = isAddress(jetton) ? jettons.find(Address.parse(jetton)) : undefined;
  if (known === undefined) throw new BadLink("unknownJetton");
  const short = accountOf(known.master).slice(0, 8);
  return {
    shownAmount: `${decimal(amount, known.decimals)} ${known.symbol}`,
    coin: `${known.name}, master ${short}…`,
  };
}

/** Base units as people write them. */
function decimal(amount: string, decimals: number): string {
  const padded = amount.padStart(decimals + 1, "0");
  const fraction = padded.slice(padded.length - decimals).replace(/0+$/u, "");
  const whole = padded.slice(0, padded.length - decimals);
  return decimals === 0 || fraction === "" ? whole : `${whole}.${fraction}`;
}
