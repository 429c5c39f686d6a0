import { CONFIGURATION_FIELDS, type TrainConfiguration } from "../learning/mod.ts";

/** A configuration for people: one field a line, by section, with what it means. */
export function configurationPage(configuration: TrainConfiguration): string {
  const lines: string[] = [];
  const widest = Math.max(...Object.keys(CONFIGURATION_FIELDS).map((path) => path.split(".").at(-1)!.length)) + 2;
  const line = (path: string, value: unknown, indent: string): string => {
    const name = path.split(".").at(-1)!;
    const meaning = CONFIGURATION_FIELDS[path as keyof typeof CONFIGURATION_FIELDS]?.meaning ?? "";
    return `${indent}${name.padEnd(widest - indent.length)}  ${String(value).padEnd(12)}  ${meaning}`.trimEnd();
  };
  const entries = Object.entries(configuration);
  for (const [key, value] of entries) if (typeof value !== "object") lines.push(line(key, value, ""));
  for (const [key, value] of entries) {
    if (typeof value !== "object" || Object.keys(value).length === 0) continue;
    lines.push("", key);
    for (const [name, inner] of Object.entries(value)) lines.push(line(`${key}.${name}`, inner, "  "));
  }
  return `${lines.join("\n")}\n`;
}
