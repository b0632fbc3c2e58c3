import { tidyLine } from "../people/customer.ts";

const longestComment = 300;

/**
 * A stranger's comment as it is kept: one line without invisible, control and direction characters,
 * at most 300 characters. Undefined where nothing is left; a tidy comment is returned unchanged.
 */
export const tidyComment = (text: string | undefined): string | undefined =>
  tidyLine(text ?? "", longestComment) || undefined;
