/**
 * Runs in the page: what is written with less than 4.5 : 1 against what lies behind it (WCAG 2, 1.4.3), as sentences. Colors
 * that are mixed on the way are laid over each other from the page upwards.
 */
export const POOR_CONTRASTS = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (under, color, opacity = 1) => {
    canvas.globalAlpha = 1;
    canvas.fillStyle = "rgb(" + under.join(" ") + ")";
    canvas.fillRect(0, 0, 1, 1);
    canvas.globalAlpha = opacity;
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const luminance = (color) => color.map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    let color = chain.reduce((under, at) => over(under, getComputedStyle(at).backgroundColor), [255, 255, 255]);
    const band = element.matches("text.version") && element.previousElementSibling;
    if (band) color = over(color, getComputedStyle(band).fill, Number(getComputedStyle(band).fillOpacity));
    return color;
  };
  return [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
      && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .map((element) => {
      const ground = behind(element);
      const style = getComputedStyle(element);
      const ink = over(ground, element instanceof SVGElement ? style.fill : style.color);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      return { ratio: (light + 0.05) / (dark + 0.05), element };
    })
    .filter(({ ratio }) => ratio < 4.5)
    .map(({ ratio, element }) => element.tagName + "." + element.getAttribute("class") + " " + ratio.toFixed(2) + " " + element.textContent.trim().slice(0, 30));
})()`;
