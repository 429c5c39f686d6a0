import type { Tool } from "../../src/episode/mod.ts";

/** Tools whose arguments try every kind of schema, with names and values that begin alike. */
export const tools: readonly Tool[] = [
  {
    name: "find_order",
    description: "Finds an order.",
    parameters: { type: "object", properties: { order: { type: "string", pattern: "^O[0-9]{4}$" } } },
  },
  {
    name: "find_orders",
    description: "Lists orders.",
    parameters: {
      type: "object",
      properties: {
        customer: { type: "string", pattern: "^C[0-9]{3}$" },
        order: { type: "string", pattern: "^O[0-9]{4}$" },
        state: { type: "string", enum: ["open", "open again", "Other", 'quoted "x"', "Œuvre"] },
      },
    },
  },
  {
    name: "set_quantity",
    description: "Changes a quantity.",
    parameters: {
      type: "object",
      properties: {
        quantity: { type: "integer", minimum: -12, maximum: 120 },
        order: { type: "string", enum: ["O", "Other", "O1"] },
        rest: { type: "integer", minimum: 0, maximum: 0 },
      },
    },
  },
  { name: "wait", description: "Does nothing.", parameters: { type: "object", properties: {} } },
];

/** Every call the schema of `tool` allows, by brute force with few digits. */
export function someArguments(tool: Tool, random: () => number): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(tool.parameters.properties).map(([name, parameter]) => {
      if (parameter.type === "integer") {
        return [name, parameter.minimum + Math.floor(random() * (parameter.maximum - parameter.minimum + 1))];
      }
      if ("enum" in parameter) return [name, parameter.enum[Math.floor(random() * parameter.enum.length)]];
      const [, prefix, count] = parameter.pattern.match(/^\^(.*)\[0-9\]\{(\d+)\}\$$/)!;
      return [name, prefix + Array.from({ length: Number(count) }, () => Math.floor(random() * 10)).join("")];
    }),
  );
}
