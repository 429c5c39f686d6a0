import { invalidTokenizer, isObject, type Json, kindOf } from "./json_fields.ts";
import { literal, translateExpression } from "./translate_expression.ts";

/** The `pattern` of a part of a tokenizer: a text or an expression. @throws {EddyError} `tokenizer_invalid` */
export function readPattern(part: Json): RegExp {
  const { pattern } = part;
  if (isObject(pattern) && typeof pattern.String === "string" && pattern.String !== "") {
    return new RegExp([...pattern.String].map(literal).join(""), "gu");
  }
  if (isObject(pattern) && typeof pattern.Regex === "string") return translateExpression(pattern.Regex);
  throw invalidTokenizer(`'${kindOf(part)}' has no pattern`);
}
