import { LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel } from "../ui/dialog.tsx";
import { starsText } from "./receipt.tsx";
import { reasonOf } from "./request.ts";
import { fetchInvoice } from "./telegram.ts";
import type { LinkedInvoice } from "./wire-stars.ts";

interface InvoiceDialogProps {
  readonly person: number;
  /** The dialog is open while it is set. */
  readonly link: string | undefined;
  readonly onClose: () => void;
  /** Settles when the money has moved or it is known that it will not. */
  readonly onPay: (link: string) => Promise<void>;
}

/** An invoice that a link leads to, as Telegram shows it over the chat. */
export function InvoiceDialog({ person, link, onClose, onPay }: InvoiceDialogProps) {
  return (
    <Dialog open={link !== undefined} onOpenChange={(open) => !open && onClose()}>
      <DialogPanel title="Invoice" description="From the bot, to be paid in Stars.">
        {link !== undefined && <Bill key={link} {...{ person, link, onClose, onPay }} />}
      </DialogPanel>
    </Dialog>
  );
}

function Bill({ person, link, onClose, onPay }: InvoiceDialogProps & { readonly link: string }) {
  const [invoice, failure] = useInvoice(person, link);
  const [paying, setPaying] = useState(false);
  const pay = async () => {
    if (paying) return;
    setPaying(true);
    await onPay(link);
    onClose();
  };
  if (failure !== undefined) {
    return (
      <p role="alert" className="text-sm text-danger">
        {failure}
      </p>
    );
  }
  if (invoice === undefined) {
    return <LoaderCircle aria-label="Loading" className="size-5 animate-spin" />;
  }
  return (
    <>
      <div className="wrap-anywhere">
        <p className="font-semibold">{invoice.title}</p>
        <p className="text-sm text-muted">{invoice.description}</p>
        <p className="mt-3 text-2xl font-semibold">{priceText(invoice)}</p>
      </div>
      <Button size="large" aria-disabled={paying} aria-busy={paying} onClick={() => void pay()}>
        {paying && <LoaderCircle aria-hidden className="animate-spin" />}
        {invoice.subscription_period === undefined ? "Pay" : "Subscribe"}
      </Button>
    </>
  );
}

const daySeconds = 86_400;

/** The price, of a subscription with how often it is paid. */
export function priceText({ total_amount, subscription_period }: LinkedInvoice): string {
  const price = starsText(total_amount);
  if (subscription_period === undefined) return price;
  return `${price} every ${subscription_period / daySeconds} days`;
}

function useInvoice(
  person: number,
  link: string,
): readonly [LinkedInvoice | undefined, string | undefined] {
  const [invoice, setInvoice] = useState<LinkedInvoice | undefined>(undefined);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  useEffect(() => {
    fetchInvoice(person, link).then(setInvoice, (error: unknown) => setFailure(reasonOf(error)));
  }, [person, link]);
  return [invoice, failure];
}
