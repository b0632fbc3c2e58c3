import { ExternalLink, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { ToastProvider } from "../ui/toast.tsx";
import { DemoPage } from "./demo-page.tsx";
import { PlaceLinks } from "./place-links.tsx";
import { useInfo } from "./use-info.ts";
import type { Places } from "./wire.ts";

/** The demo, or the reason why it is off. */
export function Demo() {
  const [info, reload] = useInfo();
  switch (info.kind) {
    case "demo":
      return (
        <ToastProvider className="fixed inset-x-4 top-4">
          <DemoPage info={info.info} />
        </ToastProvider>
      );
    case "off":
      return <DemoOff places={info.places} />;
    case "failed":
      return (
        <Notice title="Tollgate cannot be reached">
          <p role="alert">{info.reason}</p>
          <Button onClick={reload}>Try again</Button>
        </Notice>
      );
    case "loading":
      return (
        <Notice title="Tollgate">
          <p className="flex items-center gap-2">
            <LoaderCircle aria-hidden className="size-4 animate-spin" /> Loading the demo
          </p>
        </Notice>
      );
  }
}

function DemoOff({ places }: { places: Places }) {
  return (
    <Notice title="The demo is off">
      <p>
        A real Telegram bot is connected to this Tollgate, so nothing is emulated here. Open your
        bot in Telegram and press Start there.
      </p>
      <p>To see the demo, start Tollgate without BOT_TOKEN.</p>
      <Button asChild>
        <a href="https://web.telegram.org/" target="_blank" rel="noopener noreferrer">
          Open Telegram
          <ExternalLink aria-hidden />
        </a>
      </Button>
      <PlaceLinks places={places} />
    </Notice>
  );
}

function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div
        className={
          "flex w-full max-w-md flex-col items-start gap-4 rounded-2xl border border-line " +
          "bg-surface p-6 text-sm shadow-sm"
        }
      >
        <div className="flex items-center gap-3">
          <Mark />
          <h1 className="text-xl font-semibold">{title}</h1>
        </div>
        {children}
      </div>
    </main>
  );
}
