import { escapeHtml } from "./escape_html.ts";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi;

/** JSON with two spaces of indentation; keys, texts and other values in colors. */
export function jsonHtml(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  let html = "";
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = found;
    html += escapeHtml(text.slice(end, found.index));
    const kind = quoted === undefined ? "j-value" : colon === undefined ? "j-text" : "j-key";
    html += `<span class="${kind}">${escapeHtml(quoted ?? whole)}</span>${colon ?? ""}`;
    end = found.index + whole.length;
  }
  return html + escapeHtml(text.slice(end));
}
