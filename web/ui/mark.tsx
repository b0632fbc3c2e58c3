import { cn } from "./cn.ts";

/** Tollgate's sign: an open gate. Decoration only, the name always stands beside it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={cn("size-9 shrink-0", className)}>
      <rect width="32" height="32" rx="9" className="fill-primary" />
      <g fill="none" strokeWidth="3" strokeLinecap="round" className="stroke-on-primary">
        <path d="M8 24V14.5a8 8 0 0 1 16 0V24" />
        <path d="M16 24v-8" opacity="0.65" />
      </g>
    </svg>
  );
}
