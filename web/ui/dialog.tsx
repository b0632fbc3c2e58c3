import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export const overlayClass = "fixed inset-0 z-40 bg-overlay data-[state=open]:animate-appear";

export const panelClass =
  "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md " +
  "-translate-1/2 flex-col gap-4 overflow-y-auto rounded-2xl border border-line bg-surface p-5 " +
  "text-foreground shadow-xl data-[state=open]:animate-appear";

export const titleClass = "text-lg font-semibold";
export const descriptionClass = "text-sm text-muted";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;

interface DialogPanelProps {
  readonly title: string;
  readonly description: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The window of a dialog, with its title, a line on what it is for, and a close button. */
export function DialogPanel({ title, description, className, children }: DialogPanelProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClass} />
      <Primitive.Content className={cn(panelClass, className)}>
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1 space-y-1">
            <Primitive.Title className={titleClass}>{title}</Primitive.Title>
            <Primitive.Description className={descriptionClass}>
              {description}
            </Primitive.Description>
          </div>
          <Primitive.Close asChild>
            <Button variant="ghost" size="icon" aria-label="Close" className="-mt-2 -mr-2">
              <X aria-hidden />
            </Button>
          </Primitive.Close>
        </div>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}
