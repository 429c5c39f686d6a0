/** Shows `data-tip` of what the pointer is on, or what was tapped, beside it and inside the window. */
export function followTips(tip) {
  let [left, top] = [-1, -1];
  const look = (event) => {
    // What scrolls, scrolls away under a pointer that stands still.
    if (event.clientX !== undefined) [left, top] = [event.clientX, event.clientY];
    const text = document.elementFromPoint(left, top)?.closest("[data-tip]")?.dataset.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const x = Math.max(8, Math.min(left + 14, innerWidth - width - 8));
    const y = top - height - 14 < 8 ? top + 18 : top - height - 14;
    tip.style.transform = `translate(${x}px, ${y}px)`;
  };
  for (const name of ["pointermove", "pointerdown", "scroll"]) addEventListener(name, look, { passive: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && (tip.hidden = true));
}
