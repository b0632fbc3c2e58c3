import { ArrowDown } from "lucide-react";
import {
  Fragment,
  type ReactNode,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Button } from "../ui/button.tsx";
import { Bubble, type BubbleActions, type BubbleProps } from "./bubble.tsx";
import { paidInvoices } from "./chat-state.ts";
import { dayText } from "./clock.ts";
import { receiptOf, ServiceLine } from "./receipt.tsx";
import type { Message } from "./wire.ts";

interface MessageListProps {
  readonly person: number;
  readonly label: string;
  readonly messages: readonly Message[];
  readonly canTryKey: boolean;
  readonly actions: BubbleActions;
  readonly children: ReactNode;
}

/** Nearer to the end than this, the reader is taken along when something new comes. */
const nearEndPx = 120;

/** The chat from the oldest to the newest message; new ones are read aloud by screen readers. */
export function MessageList({ person, label, messages, children, ...rest }: MessageListProps) {
  const { box, content, atEnd, follow, onScroll } = useFollowing(messages);
  useKeptFocus(box);
  const paid = paidInvoices(messages);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-live="polite"
        aria-label={label}
        // Reachable by Tab, so that the arrow keys scroll it.
        tabIndex={0}
        onScroll={onScroll}
        className="chat-pattern h-full overflow-y-auto overscroll-contain outline-offset-[-3px]"
      >
        <div
          ref={content}
          className="mx-auto flex min-h-full max-w-3xl flex-col justify-end gap-2 p-3 sm:p-5"
        >
          {messages.map((message, index) => (
            <Fragment key={message.message_id}>
              <DayMark now={message} before={messages[index - 1]} />
              <Entry
                person={person}
                message={message}
                paid={paid.has(message.message_id)}
                {...rest}
              />
            </Fragment>
          ))}
          {children}
        </div>
      </div>
      {!atEnd && (
        <Button
          variant="outline"
          size="icon"
          aria-label="Go to the newest message"
          className="absolute right-4 bottom-4 rounded-full shadow-md"
          onClick={follow}
        >
          <ArrowDown aria-hidden />
        </Button>
      )}
    </div>
  );
}

function Entry({ message, ...rest }: BubbleProps) {
  const receipt = receiptOf(message);
  if (receipt !== undefined) return <ServiceLine>{receipt}</ServiceLine>;
  return <Bubble message={message} {...rest} />;
}

function DayMark({ now, before }: { now: Message; before: Message | undefined }) {
  const today = dayText(now.date);
  if (before !== undefined && dayText(before.date) === today) return null;
  return (
    <p className="my-1 self-center rounded-full bg-key px-3 py-1 text-[0.8125rem] font-medium text-on-key">
      {today}
    </p>
  );
}

/**
 * Keeps the newest message in view, also while pictures load or the window changes, unless the
 * reader has scrolled up. What the reader writes brings them back to the end.
 */
function useFollowing(messages: readonly Message[]) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const size = useRef("");
  const [atEnd, setAtEnd] = useState(true);
  const follow = useCallback(() => box.current?.scrollTo({ top: box.current.scrollHeight }), []);
  useLayoutEffect(() => {
    const grown = new ResizeObserver(() => following.current && follow());
    for (const observed of [box.current, content.current]) if (observed) grown.observe(observed);
    return () => grown.disconnect();
  }, [follow]);
  const written = useRef(0);
  useLayoutEffect(() => {
    const own = messages.findLast(({ from }) => !from.is_bot)?.message_id ?? 0;
    if (own <= written.current) return;
    written.current = own;
    following.current = true;
    follow();
  }, [messages, follow]);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? document.body;
    const sizeNow = `${scrollHeight} ${clientHeight}`;
    const near = scrollHeight - scrollTop - clientHeight < nearEndPx;
    // A change of size moves the text too; only a scroll without one is the reader's own.
    if (near || sizeNow === size.current) following.current = near;
    size.current = sizeNow;
    setAtEnd(following.current);
  };
  return { box, content, atEnd, follow, onScroll };
}

/** When the bot removes a focused button, the focus stays in the chat. */
function useKeptFocus(box: RefObject<HTMLDivElement | null>) {
  const inside = useRef(false);
  useLayoutEffect(() => {
    if (inside.current && document.activeElement === document.body) box.current?.focus();
  });
  useLayoutEffect(() => {
    const note = ({ target }: FocusEvent) => {
      inside.current = target instanceof Node && (box.current?.contains(target) ?? false);
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, [box]);
}
