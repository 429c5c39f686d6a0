import type { Settings } from "../../recipe/mod.ts";

/** `+0.123`, `−0.020`. */
export function signedFigure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

/** `+0.10 to +0.20`, or a dash where there is none. */
export function intervalText(interval: readonly [number, number] | null): string {
  return interval ? `${signedFigure(interval[0])} to ${signedFigure(interval[1])}` : "–";
}

/** `learning rate 0.1, clip 0.2`, or a dash. */
export function settingsText(settings: Settings): string {
  const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(settings).map(([name, value]) => `${words(name)} ${value}`).join(", ") || "–";
}
