import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";

interface StartCardProps {
  readonly admin: boolean;
  /** What the bot says of itself, in the person's language; empty when it says nothing. */
  readonly description: string;
  readonly language: string | undefined;
  readonly onStart: () => void;
}

/** What stands in an empty chat: like with a real bot, nothing happens before Start is pressed. */
export function StartCard({ admin, description, language, onStart }: StartCardProps) {
  const own = admin || description === "" ? undefined : description;
  return (
    <div
      className={
        "m-auto flex max-w-sm flex-col items-center gap-4 rounded-2xl bg-surface p-6 " +
        "text-center shadow-sm"
      }
    >
      <Mark className="size-16 rounded-full" />
      <div className="space-y-1.5">
        <h2 className="text-lg font-semibold">
          {admin ? "Get news of new customers" : "What can this bot do?"}
        </h2>
        <p lang={own === undefined ? undefined : language} className="whitespace-pre-wrap">
          {own ?? usual(admin)}
        </p>
      </div>
      <Button size="large" className="w-full" onClick={onStart}>
        Start
      </Button>
    </div>
  );
}

const usual = (admin: boolean): string =>
  admin
    ? "Press Start once, so that the bot may write to you. Requests arrive here."
    : "Press Start and follow the bot. At the end it hands you a key of your own.";
