const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * A date as Python's `strftime` writes it in the C locale, in local time. Unknown signs stay as they are.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { strftime } from "@eddy/eddy";
 * ok(strftime(new Date(2026, 1, 3, 14, 5), "%d %b %Y, %I:%M %p, %-d") === "03 Feb 2026, 02:05 PM, 3");
 * ```
 */
export function strftime(date: Date, format: string): string {
  const yearStart = new Date(date.getFullYear(), 0, 1);
  const midnight = new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const dayOfYear = Math.round((midnight.getTime() - yearStart.getTime()) / 86_400_000) + 1;
  const day = date.getDay();
  const hour12 = date.getHours() % 12 || 12;
  /** Number and width. */
  const numbers: Readonly<Record<string, readonly [number, number]>> = {
    Y: [date.getFullYear(), 1],
    y: [date.getFullYear() % 100, 2],
    m: [date.getMonth() + 1, 2],
    d: [date.getDate(), 2],
    H: [date.getHours(), 2],
    I: [hour12, 2],
    M: [date.getMinutes(), 2],
    S: [date.getSeconds(), 2],
    f: [date.getMilliseconds() * 1000, 6],
    j: [dayOfYear, 3],
    w: [day, 1],
    u: [day || 7, 1],
    U: [Math.floor((dayOfYear + 6 - day) / 7), 2],
    W: [Math.floor((dayOfYear + 6 - ((day + 6) % 7)) / 7), 2],
    C: [Math.floor(date.getFullYear() / 100), 2],
  };
  const texts: Readonly<Record<string, string>> = {
    a: DAYS[day].slice(0, 3),
    A: DAYS[day],
    b: MONTHS[date.getMonth()].slice(0, 3),
    h: MONTHS[date.getMonth()].slice(0, 3),
    B: MONTHS[date.getMonth()],
    p: date.getHours() < 12 ? "AM" : "PM",
    e: String(date.getDate()).padStart(2),
    n: "\n",
    t: "\t",
    z: "", // of a date without zone
    Z: "",
    s: String(Math.floor(date.getTime() / 1000)),
    "%": "%",
  };
  const wholes: Readonly<Record<string, string>> = {
    c: "%a %b %e %H:%M:%S %Y",
    D: "%m/%d/%y",
    x: "%m/%d/%y",
    F: "%Y-%m-%d",
    T: "%H:%M:%S",
    X: "%H:%M:%S",
    R: "%H:%M",
    r: "%I:%M:%S %p",
  };
  return format.replace(/%(-?)([A-Za-z%])/g, (whole, bare: string, letter: string) => {
    if (Object.hasOwn(wholes, letter)) return strftime(date, wholes[letter]);
    if (Object.hasOwn(texts, letter)) return texts[letter];
    if (!Object.hasOwn(numbers, letter)) return whole;
    const [number, width] = numbers[letter];
    return bare ? String(number) : String(number).padStart(width, "0");
  });
}
