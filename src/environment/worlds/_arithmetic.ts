/** Deepest nesting that is followed. */
const DEEPEST = 50;

/**
 * The value of an expression of numbers, names, `+ - * /` and parentheses.
 *
 * ```text
 * sum = product (± product)*     product = factor (×÷ factor)*     factor = −factor | number | name | ( sum )
 * ```
 *
 * @param numbers What names stand for.
 * @returns Undefined where it cannot be read, has no finite value, or nests deeper than 50.
 */
export function arithmetic(text: string, numbers: Readonly<Record<string, number>> = {}): number | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|[a-z]+|[^\s]/gi) ?? [];
  let at = 0;
  const factor = (depth: number): number => {
    if (depth > DEEPEST) return NaN;
    const token = tokens[at++] ?? "";
    if (token === "-") return -factor(depth + 1);
    if (token === "(") {
      const inner = sum(depth + 1);
      return tokens[at++] === ")" ? inner : NaN;
    }
    if (/^\d/.test(token)) return Number(token);
    return Object.hasOwn(numbers, token) ? numbers[token] : NaN;
  };
  const chain = (operators: string, next: (depth: number) => number, depth: number): number => {
    let value = next(depth);
    while (at < tokens.length && operators.includes(tokens[at])) {
      const operator = tokens[at++];
      const other = next(depth);
      value = operator === "+"
        ? value + other
        : operator === "-"
        ? value - other
        : operator === "*"
        ? value * other
        : value / other;
    }
    return value;
  };
  const product = (depth: number): number => chain("*/", factor, depth);
  const sum = (depth: number): number => chain("+-", product, depth);
  const value = sum(0);
  return at === tokens.length && Number.isFinite(value) ? value : undefined;
}
