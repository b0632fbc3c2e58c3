import { ActivityFailure } from "@temporalio/workflow";
import type { LinkRequest, LinkResult } from "../../domain/access/link.ts";
import { instant } from "../../domain/time.ts";
import { briefLinks, localLinks } from "../steps/access.ts";

/** One request of whoever has a link, booked once; its result is the answer. */
export async function linkRequest(request: LinkRequest): Promise<LinkResult> {
  switch (request.kind) {
    case "source":
      return orRefused(briefLinks.findLinkSource(request.accessId));
    case "hwid":
      return localLinks.countHwid(request);
    case "file":
      return orRefused(briefLinks.giveFile(request, instant(Date.now())));
  }
}

/** What the host does not answer in a moment is asked for again by whoever has the link. */
async function orRefused(answer: Promise<LinkResult>): Promise<LinkResult> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ActivityFailure) return "refused";
    throw error;
  }
}
