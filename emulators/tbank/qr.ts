import { create } from "qrcode";

const quiet = 4;

/** A QR code as an SVG that needs nothing beside it, dark on light also on a dark page. */
export function qrSvg(text: string, label: string): string {
  const { size, data } = create(text, { errorCorrectionLevel: "M" }).modules;
  const dark = [...data.keys()].filter((at) => data[at] === 1);
  const path = dark.map((at) => `M${at % size} ${Math.floor(at / size)}h1v1h-1z`).join("");
  const whole = size + 2 * quiet;
  const view = `viewBox="${-quiet} ${-quiet} ${whole} ${whole}"`;
  const paper = `<path d="M${-quiet} ${-quiet}h${whole}v${whole}h${-whole}z" fill="#fff"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${view} role="img" aria-label="${label}"` +
    ` shape-rendering="crispEdges">${paper}<path d="${path}" fill="#000"/></svg>`
  );
}
