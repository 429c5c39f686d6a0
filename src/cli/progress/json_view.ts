import type { Host } from "../host.ts";
import type { View } from "./view.ts";

/** The events themselves, one object a line; words to people go to the error stream. */
export function jsonView(host: Host): View {
  return {
    event: (event) => host.stdout.write(`${JSON.stringify(event)}\n`),
    note: (text) => host.stderr.write(`${text}\n`),
    close(): void {},
  };
}
