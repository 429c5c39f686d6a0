/** A piece of markup that is safe to show: everything that was put into it was escaped. */
class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Template tag: text that is put in is escaped, markup is kept, lists are joined, and `false`, `null` and `undefined` are
 * nothing. It is the only way in which this page makes markup.
 */
export function html(strings, ...values) {
  return new Markup(strings.reduce((text, part, i) => text + markupOf(values[i - 1]) + part));
}

function markupOf(value) {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(markupOf).join("");
  if (value instanceof Markup) return value.text;
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}
