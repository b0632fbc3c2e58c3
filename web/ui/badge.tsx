import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A short word or number beside a name. */
export function Badge({ className, ...rest }: ComponentProps<"span">) {
  return (
    <span
      className={cn(
        "inline-flex min-w-5 items-center justify-center rounded-full bg-tint px-1.5 py-0.5",
        "text-xs leading-none font-semibold text-accent tabular-nums",
        className,
      )}
      {...rest}
    />
  );
}
