/** 75 → `1:15`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** A metric in at most five characters or so: `0.021`, `3.1e-5`, `12,345`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}

/** The names that people know the metrics by; others are split at their capitals. */
export function metricName(key: string): string {
  const known: Record<string, string> = {
    klK1: "KL (plain)",
    klK3: "KL",
    success: "acting success",
    clipFraction: "clipped",
    importanceRatioMax: "largest ratio",
    gradientNorm: "gradient",
    tokensPerSecond: "tokens/s",
    meanReturn: "return",
  };
  return Object.hasOwn(known, key) ? known[key] : key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Text without what could move a terminal's cursor. */
export function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
