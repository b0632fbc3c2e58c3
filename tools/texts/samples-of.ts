import type { Notice } from "../../domain/messaging/notice.ts";
import type { Section } from "./catalogue-entry.ts";

/** Samples of one kind of content, and where the catalogue shows them. */
export interface SamplesOf<Content> {
  readonly section: Section;
  readonly samples: readonly Content[];
}

/** Samples of every kind of notice: a new kind does not compile until it is here. */
export type NoticeSamples = {
  readonly [Kind in Notice["kind"]]: SamplesOf<Extract<Notice, { readonly kind: Kind }>>;
};

/** One kind of notice. */
export type NoticeOf<Kind extends Notice["kind"]> = Extract<Notice, { readonly kind: Kind }>;

/** Makes samples for one section of the catalogue. */
export const ofKind =
  (section: Section) =>
  <const Content>(...samples: readonly Content[]) => ({ section, samples });
