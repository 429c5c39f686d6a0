import type { Host } from "../host.ts";
import { liveBlock } from "./live_block.ts";
import { liveLines } from "./live_lines.ts";
import type { Paint } from "./paint.ts";
import { advance, NO_PROGRESS } from "./progress.ts";
import type { View } from "./view.ts";

/** A training run as a block of lines at the bottom of a terminal. */
export function liveView(host: Host, paint: Paint): View {
  const began = host.now();
  let progress = NO_PROGRESS;
  let note: string | undefined;
  const block = liveBlock(host, (room) => {
    const elapsed = Math.max(progress.seconds, (host.now() - began) / 1000);
    return liveLines(progress, { ...room, elapsed, paint, note });
  });
  return {
    event(event): void {
      progress = advance(progress, event);
      block.draw();
    },
    note(text): void {
      note = text;
      block.draw(true);
    },
    close: () => block.close(),
  };
}
