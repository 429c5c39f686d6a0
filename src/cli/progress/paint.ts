/** Ways to color terminal text; all of them leave it alone where color is not wanted. */
export type Paint = Readonly<Record<"bold" | "dim" | "green" | "yellow" | "red", (text: string) => string>>;

/** @param color Whether to color at all. */
export function paint(color: boolean): Paint {
  const style = (open: number, close: number): (text: string) => string => (text) =>
    color && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    green: style(32, 39),
    yellow: style(33, 39),
    red: style(31, 39),
  };
}

/** Characters of a line that are seen: its color codes do not count. */
export function visibleWidth(line: string): number {
  // deno-lint-ignore no-control-regex -- the escape character is what color codes begin with
  return line.replace(/\x1b\[[0-9;]*m/g, "").length;
}

/** A line cut to `width` seen characters, color codes kept whole. */
export function fitLine(line: string, width: number): string {
  if (visibleWidth(line) <= width) return line;
  if (width < 1) return "";
  let kept = "";
  let room = width - 1;
  let cut = false;
  // deno-lint-ignore no-control-regex -- as above
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith("\x1b")) kept += part;
    else if (!cut) {
      cut = part.length > room;
      kept += cut ? `${part.slice(0, room)}…` : part;
      room -= part.length;
    }
  }
  return kept;
}
