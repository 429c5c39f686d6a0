import type { Host } from "../host.ts";
import { liveLines } from "./live_lines.ts";
import { type Paint, visibleWidth } from "./paint.ts";
import { advance, NO_PROGRESS } from "./progress.ts";
import type { View } from "./view.ts";

const MILLISECONDS_BETWEEN_DRAWINGS = 100;
const HIDE_CURSOR = "\x1b[?25l"; // it would dance

/** Gives the cursor back that the view has hidden. */
export const SHOW_CURSOR = "\x1b[?25h";

/** A block of lines at the bottom of a terminal, drawn over itself at most ten times a second. */
export function liveView(host: Host, paint: Paint): View {
  const began = host.now();
  let progress = NO_PROGRESS;
  let note: string | undefined;
  let shown: readonly string[] = [];
  let drawnAt = -Infinity;
  let open = true;

  const draw = (force = false): void => {
    const now = host.now();
    if (!open || (!force && now - drawnAt < MILLISECONDS_BETWEEN_DRAWINGS)) return;
    drawnAt = now;
    const { columns, rows } = size(host);
    const elapsed = Math.max(progress.seconds, (now - began) / 1000);
    const lines = liveLines(progress, { columns, rows, elapsed, paint, note });
    host.stdout.write(erase(shown, columns) + lines.join("\n") + "\n");
    shown = lines;
  };
  host.stdout.write(HIDE_CURSOR);
  const stopTimer = host.every(MILLISECONDS_BETWEEN_DRAWINGS * 2, () => draw());
  return {
    event(event): void {
      progress = advance(progress, event);
      draw();
    },
    note(text): void {
      note = text;
      draw(true);
    },
    close(): void {
      if (!open) return;
      draw(true);
      open = false;
      stopTimer();
      host.stdout.write(SHOW_CURSOR);
    },
  };
}

/** Unknown sizes are taken for the classic one. */
function size(host: Host): { columns: number; rows: number } {
  const { columns, rows } = host.stdout.size();
  return { columns: columns > 0 ? columns - 1 : 79, rows: rows > 0 ? rows : 24 };
}

/** Goes back to where the block began and clears from there; lines that a narrowed window broke count as many. */
function erase(shown: readonly string[], columns: number): string {
  if (shown.length === 0) return "";
  const height = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / (columns + 1))), 0);
  return `\x1b[${height}A\r\x1b[J`;
}
