/** Shows `data-tip` of what the pointer is on, or what was tapped, beside it and inside the window. */
export function followTips(tip) {
  const move = ({ target, clientX, clientY }) => {
    const text = target instanceof Element && target.closest("[data-tip]")?.dataset.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = Math.max(8, Math.min(clientX + 14, innerWidth - width - 8));
    const top = clientY - height - 14 < 8 ? clientY + 18 : clientY - height - 14;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  };
  addEventListener("pointermove", move, { passive: true });
  addEventListener("pointerdown", move, { passive: true });
  addEventListener("scroll", () => tip.hidden = true, { passive: true });
  addEventListener("keydown", ({ key }) => key === "Escape" && (tip.hidden = true));
}
