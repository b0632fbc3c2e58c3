import { DropdownMenu as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const Menu = Primitive.Root;
export const MenuTrigger = Primitive.Trigger;

/** The list of a menu. */
export function MenuPanel({ className, ...rest }: ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        sideOffset={8}
        collisionPadding={8}
        className={cn(
          "z-30 max-h-(--radix-dropdown-menu-content-available-height) min-w-56 overflow-y-auto",
          "rounded-xl border border-line bg-surface p-1 shadow-lg data-[state=open]:animate-appear",
          className,
        )}
        {...rest}
      />
    </Primitive.Portal>
  );
}

/** One entry of a menu. */
export function MenuItem({ className, ...rest }: ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      className={cn(
        "flex cursor-pointer items-baseline gap-3 rounded-lg px-3 py-2.5 text-sm outline-none",
        "data-highlighted:bg-tint data-highlighted:text-accent",
        className,
      )}
      {...rest}
    />
  );
}
