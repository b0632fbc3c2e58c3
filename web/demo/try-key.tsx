import { CircleCheck, CircleX, LoaderCircle, PlugZap } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel, DialogTrigger } from "../ui/dialog.tsx";
import { askFor, reasonOf } from "./request.ts";
import { fetchFileText } from "./telegram.ts";
import { isTrial, type Trial } from "./wire.ts";

interface TryKeyProps {
  readonly person: number;
  readonly fileId: string;
  readonly name: string;
}

/**
 * Connects a real VPN client with the very file from the chat and shows what came through the
 * tunnel.
 */
export function TryKey({ person, fileId, name }: TryKeyProps) {
  const [trial, setTrial] = useState<Trial | undefined>(undefined);
  const start = async () => {
    setTrial(undefined);
    setTrial(await tryKey(person, fileId));
  };
  return (
    <Dialog onOpenChange={(open) => open && void start()}>
      <DialogTrigger asChild>
        <Button variant="default" size="small">
          <PlugZap aria-hidden />
          Try this key
        </Button>
      </DialogTrigger>
      <DialogPanel
        title="Try this key"
        description={`A VPN client connects with ${name} and opens a page inside the tunnel.`}
        className="max-w-xl"
      >
        <div aria-live="polite" className="flex flex-col gap-3">
          {trial === undefined ? <Trying /> : <Outcome trial={trial} />}
        </div>
        {trial !== undefined && (
          <Button variant="outline" className="self-start" onClick={() => void start()}>
            Try again
          </Button>
        )}
      </DialogPanel>
    </Dialog>
  );
}

/** A trial that could not be made counts as one that failed, with its reason. */
async function tryKey(person: number, fileId: string): Promise<Trial> {
  try {
    const conf = await fetchFileText(person, fileId);
    return await askFor(isTrial, "/demo/vpn-client/try", { method: "POST", body: { conf } });
  } catch (error) {
    return { connected: false, reason: reasonOf(error) };
  }
}

function Trying() {
  return (
    <p className="flex items-center gap-2 text-sm">
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      Connecting. This takes a few seconds, twelve at most.
    </p>
  );
}

function Outcome({ trial }: { trial: Trial }) {
  if (!trial.connected) {
    return (
      <p className="flex items-start gap-2 rounded-lg bg-danger-tint p-3 text-sm text-danger">
        <CircleX aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="block font-semibold">No connection</strong>
          {trial.reason ?? "The client gave no reason. Try again."}
        </span>
      </p>
    );
  }
  return (
    <>
      <p className="flex items-start gap-2 rounded-lg bg-tint p-3 text-sm text-accent">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <strong className="block font-semibold">Connected</strong>
          {trial.address !== undefined && `Your address inside the tunnel is ${trial.address}.`}
        </span>
      </p>
      {trial.page !== undefined && (
        <iframe
          title="The page that came through the tunnel"
          sandbox=""
          srcDoc={trial.page}
          className="h-64 w-full rounded-lg border border-line bg-white"
        />
      )}
    </>
  );
}
