/**
 * Reads server-sent events from pieces of text, wherever they were cut: calls `onEvent(name, data)` with the parsed JSON of
 * each. Comments, and data that is not JSON, are passed over.
 *
 * `EventSource` would do the same, but cannot send a key.
 */
export function eventReader(onEvent) {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = block.split(/\r?\n/).map((line) => line.match(/^(\w+): ?(.*)$/)).filter(Boolean);
      const name = fields.findLast(([, field]) => field === "event")?.[2] ?? "message";
      const data = parsed(fields.filter(([, field]) => field === "data").map(([, , value]) => value).join("\n"));
      if (data !== undefined && data !== null) onEvent(name, data);
    }
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a word of another protocol: nothing to show
  }
}
