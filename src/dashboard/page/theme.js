const KEY = "eddy-theme";
const ORDER = ["system", "light", "dark"];
const GLYPHS = { system: "◐", light: "☀", dark: "☾" };

/** A button that goes through: as the system has it, light, dark. */
export function followTheme(button) {
  let theme = localStorage.getItem(KEY) ?? "system";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = GLYPHS[theme];
    button.ariaLabel = button.title = `Colors: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    localStorage.setItem(KEY, theme);
    apply();
  });
  apply();
}
