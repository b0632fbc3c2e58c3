import { AlertDialog as Primitive } from "radix-ui";
import { type RefObject, useRef } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { descriptionClass, overlayClass, panelClass, titleClass } from "./dialog.tsx";

interface AlertDialogProps {
  readonly title: string;
  /** The text; the dialog is open while it is set. */
  readonly text: string | undefined;
  readonly onClose: () => void;
  /** Gets the focus after closing when the previously focused element is gone. */
  readonly home: RefObject<HTMLElement | null>;
}

/** Something that has to be read before going on. */
export function AlertDialog({ title, text, onClose, home }: AlertDialogProps) {
  const before = useRef<Element>(null);
  const restore = (event: Event) => {
    event.preventDefault();
    const place = before.current?.isConnected ? before.current : home.current;
    if (place instanceof HTMLElement) place.focus();
  };
  return (
    <Primitive.Root open={text !== undefined} onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlayClass} />
        <Primitive.Content
          className={cn(panelClass, "max-w-sm")}
          onOpenAutoFocus={() => void (before.current = document.activeElement)}
          onCloseAutoFocus={restore}
        >
          <Primitive.Title className={titleClass}>{title}</Primitive.Title>
          <Primitive.Description
            className={cn(descriptionClass, "text-base whitespace-pre-wrap text-foreground")}
          >
            {text}
          </Primitive.Description>
          {/* "Cancel" is what takes the focus when the dialog opens, so Enter closes it. */}
          <Primitive.Cancel asChild>
            <Button className="self-end">OK</Button>
          </Primitive.Cancel>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
