import type { Host } from "../host.ts";
import { visibleWidth } from "./paint.ts";

const HIDE_CURSOR = "\x1b[?25l"; // it would dance

/** Gives the cursor back that a live block has hidden. */
export const SHOW_CURSOR = "\x1b[?25h";

/** A block of lines at the bottom of a terminal, drawn over itself. */
export interface LiveBlock {
  /** Replaces what is shown, at most ten times a second unless forced. */
  draw(force?: boolean): void;
  /** Draws a last time and leaves the terminal as it was. */
  close(): void;
}

const MILLISECONDS_BETWEEN_DRAWINGS = 100;

/** @param lines What to show in so much room, no wider and no higher. */
export function liveBlock(
  host: Host,
  lines: (room: { readonly columns: number; readonly rows: number }) => readonly string[],
): LiveBlock {
  let shown: readonly string[] = [];
  let drawnAt = -Infinity;
  let open = true;
  const draw = (force = false): void => {
    const now = host.now();
    if (!open || (!force && now - drawnAt < MILLISECONDS_BETWEEN_DRAWINGS)) return;
    drawnAt = now;
    const room = size(host);
    const next = lines(room);
    host.stdout.write(erase(shown, room.columns) + next.join("\n") + "\n");
    shown = next;
  };
  host.stdout.write(HIDE_CURSOR);
  const stopTimer = host.every(MILLISECONDS_BETWEEN_DRAWINGS * 2, () => draw());
  return {
    draw,
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
