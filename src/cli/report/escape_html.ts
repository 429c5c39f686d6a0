/** Text as it must stand inside HTML or SVG, in elements and in quoted attributes; control characters become spaces. */
export function escapeHtml(text: unknown): string {
  return String(text)
    // deno-lint-ignore no-control-regex -- XML cannot hold them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, " ")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
