import { createRequire } from "node:module";
import type * as Canvas from "@napi-rs/canvas";
import { scaleFor } from "../../../domain/access/traffic-days.ts";

/** What the chart shows of one day. */
export interface ChartDay {
  /** As it stands under its bar. */
  readonly label: string;
  readonly downloaded: number;
  readonly uploaded: number;
}

/** The words of the chart. */
export interface ChartWords {
  readonly download: string;
  readonly upload: string;
  /** Bytes with their unit, which is that of `top`. */
  readonly bytes: (count: number, top: number) => string;
}

/** In pixels. A phone shows the picture about 350 points wide: its letters are then 11 high. */
const size = { width: 1200, height: 800 } as const;
const plot = { left: 170, right: 1170, top: 110, bottom: 710 } as const;
const letters = 38;

const colours = {
  paper: "#ffffff",
  words: "#3c4654",
  lines: "#dfe4ea",
  download: "#2563eb",
  upload: "#f59e0b",
} as const;

const families = { Inter: "latin", "Inter Cyrillic": "cyrillic" } as const;
const font = `${letters}px Inter, "Inter Cyrillic"`;

const require = createRequire(import.meta.url);

/** Loaded with the first chart: it takes 40 MB, and many shops draw none for hours. */
let canvas: Promise<typeof Canvas> | undefined;

function loadCanvas(): Promise<typeof Canvas> {
  canvas ??= import("@napi-rs/canvas").then((loaded) => {
    for (const [family, letterSet] of Object.entries(families)) {
      const file = `@fontsource/inter/files/inter-${letterSet}-400-normal.woff2`;
      loaded.GlobalFonts.registerFromPath(require.resolve(file), family);
    }
    return loaded;
  });
  return canvas;
}

/**
 * Draws one bar for each day, what was received below and what was sent above it.
 * @returns a PNG of 1200 × 800 pixels.
 */
export async function drawTrafficChart(
  days: readonly ChartDay[],
  words: ChartWords,
): Promise<Buffer> {
  const { createCanvas } = await loadCanvas();
  const picture = createCanvas(size.width, size.height);
  const context = picture.getContext("2d");
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, size.width, size.height);
  context.font = font;
  context.textBaseline = "middle";
  drawLegend(context, words);
  const scale = scaleFor(Math.max(...days.map((day) => day.downloaded + day.uploaded)));
  const top = scale.step * scale.steps;
  for (let step = 0; step <= scale.steps; step += 1) {
    const y = heightOf(scale.step * step, top);
    context.fillStyle = colours.lines;
    context.fillRect(plot.left, y - 1, plot.right - plot.left, 2);
    context.fillStyle = colours.words;
    context.textAlign = "right";
    context.fillText(words.bytes(scale.step * step, top), plot.left - 16, y);
  }
  drawBars(context, days, top);
  return picture.encode("png");
}

/** Where so many bytes are, from the top of the picture. */
const heightOf = (bytes: number, top: number): number =>
  Math.round(plot.bottom - ((plot.bottom - plot.top) * bytes) / top);

function drawLegend(context: Canvas.SKRSContext2D, { download, upload }: ChartWords): void {
  let x: number = plot.left;
  const y = letters + 10;
  context.textAlign = "left";
  for (const [word, colour] of [
    [download, colours.download],
    [upload, colours.upload],
  ] as const) {
    context.fillStyle = colour;
    context.fillRect(x, y - letters / 2, letters, letters);
    context.fillStyle = colours.words;
    context.fillText(word, x + letters + 14, y);
    x += letters + 14 + context.measureText(word).width + 60;
  }
}

function drawBars(context: Canvas.SKRSContext2D, days: readonly ChartDay[], top: number): void {
  const width = (plot.right - plot.left) / days.length;
  context.textAlign = "center";
  for (const [place, { label, downloaded, uploaded }] of days.entries()) {
    const x = plot.left + width * place;
    const received = heightOf(downloaded, top);
    const all = heightOf(downloaded + uploaded, top);
    context.fillStyle = colours.download;
    context.fillRect(x + width * 0.15, received, width * 0.7, plot.bottom - received);
    context.fillStyle = colours.upload;
    context.fillRect(x + width * 0.15, all, width * 0.7, received - all);
    // One label a week, counted from today, has room.
    if ((days.length - 1 - place) % 7 !== 0) continue;
    context.fillStyle = colours.words;
    const half = context.measureText(label).width / 2;
    context.fillText(label, Math.min(x + width / 2, size.width - 10 - half), plot.bottom + letters);
  }
}
