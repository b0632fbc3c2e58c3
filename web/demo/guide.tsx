import { BookOpen } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel, DialogTrigger } from "../ui/dialog.tsx";
import type { Gateway } from "./faults.ts";
import { PlaceLinks } from "./place-links.tsx";
import type { DemoInfo } from "./wire.ts";

const steps = ({ tryKey, gateways = [] }: DemoInfo) => [
  "As a customer, press Start and pass the short check.",
  "As the admin, approve the request that arrives.",
  tryKey
    ? "As the customer, take the key and press “Try this key”."
    : "As the customer, press Connect, and take the key: a file, or a QR code on request.",
  ...(gateways.length > 0 ? [paying] : []),
  ...gateways
    .filter(({ notices }) => notices["off"] !== undefined)
    .slice(0, 1)
    .map(losing),
];

const paying = "Press Extend in the menu and pay: with Stars right here, or on a gateway’s page.";
const losing = ({ title, noticesTitle }: Gateway) =>
  `Misbehave: switch ${title}’s ${noticesTitle.toLowerCase()} off, pay, and see it found within ` +
  "a minute.";

/** What to try, and where to look behind the scenes: a column beside the chat. */
export function Guide({ info }: { info: DemoInfo }) {
  return (
    <div className="hidden flex-1 flex-col gap-4 md:flex">
      <section aria-label="What to try" className="rounded-xl bg-raised p-4">
        <h2 className="mb-2 text-sm font-semibold">What to try</h2>
        <Steps info={info} />
      </section>
      <section aria-label="Behind the scenes" className="mt-auto">
        <BehindTheScenes info={info} />
      </section>
    </div>
  );
}

/** The same on a phone, where the chat needs the room: behind a button. */
export function GuideDialog({ info }: { info: DemoInfo }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="What to try" className="md:hidden">
          <BookOpen aria-hidden />
        </Button>
      </DialogTrigger>
      <DialogPanel title="What to try" description="The whole product, by its two sides.">
        <Steps info={info} />
        <section aria-label="Behind the scenes" className="border-t border-line pt-3">
          <BehindTheScenes info={info} />
        </section>
      </DialogPanel>
    </Dialog>
  );
}

function Steps({ info }: { info: DemoInfo }) {
  return (
    <>
      <ol className="flex list-decimal flex-col gap-1.5 pl-4 text-sm text-muted">
        {steps(info).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {!info.tryKey && (
        <p className="mt-3 text-sm text-warning">
          No VPN endpoint runs here, so keys can be read but not tried. See the terminal for the
          reason.
        </p>
      )}
    </>
  );
}

function BehindTheScenes({ info }: { info: DemoInfo }) {
  return (
    <>
      <PlaceLinks places={info} />
      <p className="mt-2 px-2 text-xs text-muted">
        An operator follows each payment in Temporal, step by step. Telegram and the gateways are
        emulated here; everything behind them is the real product.
      </p>
    </>
  );
}
