const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML, inside elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Text in which `words` between backticks are code, as HTML. */
export function proseHtml(text: string): string {
  return text.split("`").map((part, index) => index % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part))
    .join("");
}
