import { X } from "lucide-react";
import { Toast as Primitive } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { cn } from "./cn.ts";

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly variant: ToastVariant;
}

type ToastVariant = "default" | "destructive";

type Notify = (text: string, variant?: ToastVariant) => void;

const NotifyContext = createContext<Notify>(() => undefined);

/** Shows a line of text for a few seconds, read aloud; a destructive one stays longer. */
export const useNotify = (): Notify => useContext(NotifyContext);

interface ToastProviderProps {
  /** Where the notices stand: its classes place the list, e.g. in the page or in one chat. */
  readonly className: string;
  readonly children: ReactNode;
}

/** Shows the notices of `useNotify` that its children send, the newest three. */
export function ToastProvider({ className, children }: ToastProviderProps) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const nextId = useRef(0);
  const notify = useCallback<Notify>((text, variant = "default") => {
    const notice = { id: (nextId.current += 1), text, variant };
    setNotices((shown) => [...shown, notice].slice(-3));
  }, []);
  const remove = (id: number) => setNotices((shown) => shown.filter((notice) => notice.id !== id));
  return (
    <NotifyContext value={notify}>
      <Primitive.Provider label="Notice" swipeDirection="up">
        {children}
        {notices.map((notice) => (
          <ToastCard key={notice.id} notice={notice} onClose={() => remove(notice.id)} />
        ))}
        <Primitive.Viewport
          className={cn("pointer-events-none z-30 flex flex-col items-center gap-2", className)}
        />
      </Primitive.Provider>
    </NotifyContext>
  );
}

function ToastCard({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  return (
    <Primitive.Root
      duration={notice.variant === "destructive" ? 12_000 : 5_000}
      onOpenChange={(open) => !open && onClose()}
      className={cn(
        "pointer-events-auto flex max-w-sm items-start gap-2 rounded-xl py-2 pr-2 pl-4 shadow-lg",
        "data-[state=open]:animate-rise",
        notice.variant === "destructive"
          ? "border border-danger bg-danger-tint text-danger"
          : "bg-foreground text-background",
      )}
    >
      <Primitive.Description className="min-w-0 flex-1 py-1 text-sm wrap-break-word">
        {notice.text}
      </Primitive.Description>
      <Primitive.Close
        aria-label="Dismiss"
        className="-my-1 grid size-10 shrink-0 place-items-center rounded-md hover:opacity-70"
      >
        <X aria-hidden className="size-4" />
      </Primitive.Close>
    </Primitive.Root>
  );
}
