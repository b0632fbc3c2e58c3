import { Download, FileText } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { fileUrl } from "./telegram.ts";
import { TryKey } from "./try-key.tsx";
import type { Document } from "./wire.ts";

interface DocumentCardProps {
  readonly person: number;
  readonly document: Document;
  readonly canTryKey: boolean;
}

/** A file in a bubble: its name and size, a way to keep it, and for a VPN key a way to try it. */
export function DocumentCard({ person, document, canTryKey }: DocumentCardProps) {
  const name = document.file_name ?? "file";
  const isKey = name.toLowerCase().endsWith(".conf");
  return (
    <div className="flex w-72 max-w-full flex-col gap-2.5 pt-1 pb-2">
      <div className="flex items-center gap-3">
        <span
          className={
            "grid size-11 shrink-0 place-items-center rounded-full bg-primary text-on-primary"
          }
        >
          <FileText aria-hidden className="size-5" />
        </span>
        <span className="min-w-0">
          <span className="block font-medium wrap-anywhere">{name}</span>
          <span className="block text-xs">{sizeText(document.file_size)}</span>
        </span>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button asChild variant="outline" size="small">
          <a href={fileUrl(person, document.file_id)} download={name}>
            <Download aria-hidden />
            Download
          </a>
        </Button>
        {isKey && canTryKey && <TryKey person={person} fileId={document.file_id} name={name} />}
      </div>
    </div>
  );
}

const bytesPerKb = 1024;

function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return "File";
  if (bytes < bytesPerKb) return `${bytes} bytes`;
  const kb = bytes / bytesPerKb;
  return kb < bytesPerKb ? `${kb.toFixed(1)} KB` : `${(kb / bytesPerKb).toFixed(1)} MB`;
}
