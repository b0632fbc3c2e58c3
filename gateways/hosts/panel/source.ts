/**
 * The end of a link, of so many parts, behind `base`: a panel's answer chooses the user's part of
 * the path, and never the server that is asked.
 */
export function linkBehind(base: string, link: string, parts: number): string {
  const { pathname = "" } = URL.parse(link, `${base}/`) ?? {};
  const path = pathname.split("/").filter(Boolean).slice(-parts);
  return [base, ...path].join("/");
}
