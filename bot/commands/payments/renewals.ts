import type { Composer } from "telegraf";
import { changeRenewal } from "../../../client/payments.ts";
import { renewalButton } from "../../../domain/messaging/buttons.ts";
import type { PlanOffer } from "../../../domain/payments/plan-offers.ts";
import { priceIn } from "../../../domain/payments/plan.ts";
import type { RenewalChange } from "../../../domain/payments/renewal.ts";
import { instant } from "../../../domain/time.ts";
import {
  agreeButton,
  beginButton,
  changeRenewalButton,
  chooseBeginButton,
  chooseRenewalButton,
} from "../../buttons.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, inPressed, requestIdOf } from "../../request.ts";
import type { Page } from "../paging.ts";
import { withMaintenance } from "../access/maintenance-words.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { openHome, showHome } from "../people/home.ts";
import { onButton, onPage, onPageButton } from "../register.ts";
import { buy } from "./buying.ts";
import { findPausedBy, openCatalog } from "./catalog.ts";
import {
  type Consent,
  consentPage,
  keptPage,
  type RenewalFacts,
  renewalPage,
} from "./renewal-page.ts";

/** Auto-renewal: its page, the consent before it is switched on, and its ends. */
export function addRenewals(bot: Composer<BotContext>, ports: BotPorts): void {
  onPage(bot, "renewal", renewalButton, async (context) => {
    const facts = await readFacts(context, ports);
    if (facts === undefined) return openKept(context, ports);
    return withMaintenance(context, ports, renewalPage(context, facts), { isPaying: true });
  });
  onPageButton(bot, chooseRenewalButton, "renew-by", (context, { by, currency }) =>
    openConsent(context, ports, ({ plan }) => {
      const price = plan && priceIn(plan, currency);
      return plan && price && { by, plan, price };
    }),
  );
  onPageButton(bot, chooseBeginButton, "begin-by", (context, chosen) =>
    openConsent(context, ports, ({ offers }) => {
      const offer = offers.find(({ plan }) => plan.code === chosen.plan);
      const method = offer?.recurring.find(({ gateway, price }) => {
        return gateway === chosen.gateway && price.currency === chosen.currency;
      });
      if (offer === undefined || method === undefined) return undefined;
      const { by, gateway: begins, price } = method;
      return { by, plan: offer.plan, price, begins };
    }),
  );
  onButton(bot, beginButton, "begin", (context, chosen) =>
    buy(context, ports, { ...chosen, recurs: "begins" }),
  );
  onButton(bot, agreeButton, "renew-agree", (context, { by, plan, version, currency }) =>
    request(context, ports, { kind: "agree", by, plan, planVersion: version, currency }),
  );
  onButton(bot, changeRenewalButton, "renewal-end", (context, { act }) =>
    request(context, ports, { kind: ends[act] }),
  );
}

const ends = { stop: "stop", forget: "forgetCard", resume: "resumeStars" } as const;

/** The workflow decides, and shows the result in place of the page. */
async function request(context: BotContext, ports: BotPorts, change: RenewalChange): Promise<void> {
  const { telegramId, texts } = context;
  const isEnd = change.kind === "stop" || change.kind === "forgetCard";
  // Who is not a customer any more reads what they are; the page was opened before.
  const isCustomer = isEnd || (await findCurrentPlan(context, ports)) !== undefined;
  if (!isCustomer) return showHome(context, ports);
  const subscription = (await findChosen(context, ports))?.id;
  const about = subscription === undefined ? {} : { subscription };
  const asked = { requestId: requestIdOf(context), telegramId, change, ...about };
  await changeRenewal(ports.client, { ...asked, ...inPressed(context) });
  answerPress(context, texts.messaging.answer.working);
}

/** Whoever is not a customer any more ends what is charged by itself, and begins nothing. */
async function openKept(context: BotContext, ports: BotPorts): Promise<Page> {
  const subscription = context.customer && (await findChosen(context, ports));
  const renewal = subscription && (await orUnavailable(ports.renewals.find(subscription.id)));
  const isKept = renewal?.card !== undefined || renewal?.isOn === true;
  return isKept ? keptPage(context, renewal) : openHome(context, ports);
}

async function openConsent(
  context: BotContext,
  ports: BotPorts,
  choose: (facts: ReadFacts) => Omit<Consent, "pauses"> | undefined,
): Promise<Page> {
  const facts = await readFacts(context, ports);
  if (facts === undefined) return openHome(context, ports);
  const consent = choose(facts);
  if (consent === undefined) return renewalPage(context, facts);
  const pauses = await findPausedBy(context, ports, consent.plan);
  return consentPage(context, { ...consent, pauses }, facts);
}

interface ReadFacts extends RenewalFacts {
  readonly offers: readonly PlanOffer[];
}

async function readFacts(context: BotContext, ports: BotPorts): Promise<ReadFacts | undefined> {
  const catalog = await openCatalog(context, ports);
  if (catalog === undefined) return undefined;
  const { current, offers, offered, balances } = catalog;
  const subscription = context.chosen === "new" ? undefined : await findChosen(context, ports);
  const renewal = subscription && (await orUnavailable(ports.renewals.find(subscription.id)));
  const plan = offered.find(({ code }) => code === current.code);
  const recurring = offers.find((offer) => offer.plan.code === plan?.code)?.recurring ?? [];
  return { current, offers, plan, recurring, balances, renewal, now: instant(new Date()) };
}
