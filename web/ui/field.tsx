import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

export const fieldClass =
  "h-10 w-full rounded-lg border border-field-line bg-surface px-3 text-sm text-foreground " +
  "placeholder:text-muted";

/** A one-line input under its label. */
export function Field({ label, className, ...rest }: ComponentProps<"input"> & { label: string }) {
  return (
    <Labelled label={label}>
      <input className={cn(fieldClass, className)} {...rest} />
    </Labelled>
  );
}

/** A control under its label. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      {label}
      {children}
    </label>
  );
}
