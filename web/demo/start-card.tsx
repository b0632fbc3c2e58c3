import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";

/** What stands in an empty chat: like with a real bot, nothing happens before Start is pressed. */
export function StartCard({ admin, onStart }: { admin: boolean; onStart: () => void }) {
  return (
    <div
      className={
        "m-auto flex max-w-sm flex-col items-center gap-4 rounded-2xl bg-surface p-6 " +
        "text-center shadow-sm"
      }
    >
      <Mark className="size-14" />
      <div className="space-y-1.5">
        <h2 className="text-lg font-semibold">
          {admin ? "Get news of new customers" : "Get VPN access"}
        </h2>
        <p className="text-sm text-muted">
          {admin
            ? "Press Start once, so that the bot may write to you. Requests arrive here."
            : "Press Start and follow the bot. At the end it hands you a key of your own."}
        </p>
      </div>
      <Button size="large" className="w-full" onClick={onStart}>
        Start
      </Button>
    </div>
  );
}
