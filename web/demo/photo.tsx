import { Dialog, DialogPanel, DialogTrigger } from "../ui/dialog.tsx";
import type { PhotoSize } from "./wire.ts";

interface PhotoProps {
  readonly url: string;
  readonly size: PhotoSize;
  readonly caption: string | undefined;
}

/**
 * A picture in a bubble; a press shows it as large as the window allows,
 * to be scanned from the screen.
 */
export function Photo({ url, size, caption }: PhotoProps) {
  const about = caption === undefined ? "Picture from the bot" : `Picture: ${caption}`;
  const place = { src: url, width: size.width, height: size.height };
  return (
    <Dialog>
      <DialogTrigger className="mb-1 block cursor-zoom-in overflow-hidden rounded-xl bg-white">
        <img {...place} alt={`${about}. Press to enlarge.`} className="h-auto w-72 max-w-full" />
      </DialogTrigger>
      <DialogPanel
        title="Picture"
        description="A QR code can be scanned from the screen."
        className="max-w-2xl"
      >
        <img
          {...place}
          alt={about}
          className={
            "mx-auto h-auto max-h-[calc(100dvh-10rem)] w-full rounded-xl bg-white " +
            "object-contain p-2"
          }
        />
      </DialogPanel>
    </Dialog>
  );
}
