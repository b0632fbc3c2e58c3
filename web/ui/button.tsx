import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const buttonClass = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium " +
    "transition-colors " +
    "aria-disabled:opacity-60 disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        default: "bg-primary text-on-primary hover:bg-primary-strong",
        secondary: "bg-tint text-accent hover:bg-primary hover:text-on-primary",
        outline: "border border-field-line bg-surface text-foreground hover:bg-raised",
        ghost: "text-foreground hover:bg-raised",
        destructive: "bg-danger-tint text-danger hover:bg-danger hover:text-surface",
      },
      size: {
        small: "h-10 px-3 text-[0.8125rem]",
        medium: "h-10 px-4 text-sm",
        large: "h-12 px-6 text-base",
        icon: "size-10 [&_svg]:size-5",
      },
    },
    defaultVariants: { variant: "default", size: "medium" },
  },
);

interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof buttonClass> {
  /** Gives the styles to the one child instead, e.g. to a link. */
  readonly asChild?: boolean;
}

/** A button, or with `asChild` anything that looks like one. */
export function Button({ variant, size, asChild, className, ...rest }: ButtonProps) {
  const classes = cn(buttonClass({ variant, size }), className);
  if (asChild) return <Slot.Root className={classes} {...rest} />;
  return <button type="button" className={classes} {...rest} />;
}
