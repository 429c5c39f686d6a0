const shown = new WeakMap();

/** Puts markup into an element, if it differs from what stands there: what did not change keeps focus and selection. */
export function show(element, markup) {
  const text = String(markup);
  if (shown.get(element) === text) return;
  shown.set(element, text);
  element.innerHTML = text;
}
