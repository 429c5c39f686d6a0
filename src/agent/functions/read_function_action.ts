import type { RemoteChoice } from "../../policy/mod.ts";
import type { FunctionAction } from "./function_action.ts";

/**
 * Reads what a model wants done to the functions: its first call, or the word TERMINATE.
 *
 * @throws {TypeError} If it is neither, or lacks something; the message is for the model.
 */
export function readFunctionAction({ content, tool_calls: calls = [] }: RemoteChoice["message"]): FunctionAction {
  const [call] = calls;
  if (!call) {
    if (content?.includes("TERMINATE")) return { action: "TERMINATE" };
    throw new TypeError("call one of add_function, revise_function and remove_function, or answer TERMINATE");
  }
  const { name: action, arguments: written } = call.function;
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(written);
  } catch {
    throw new TypeError(`the arguments of ${action} are no JSON`);
  }
  const text = (key: string): string => {
    const value = given?.[key];
    if (typeof value === "string") return value;
    throw new TypeError(`${action} needs '${key}' as text`);
  };
  switch (action) {
    case "remove_function":
      return { action, name: text("name") };
    case "add_function":
    case "revise_function":
      return {
        action,
        name: text("name"),
        description: text("description"),
        arguments: text("arguments"),
        packages: given.packages === undefined ? "" : text("packages"),
        code: text("code"),
      };
    default:
      throw new TypeError(`there is no '${action}'; call add_function, revise_function or remove_function`);
  }
}
