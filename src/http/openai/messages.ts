import { z } from "zod";

const TextPart = z.object({ type: z.literal("text"), text: z.string() });
const RefusalPart = z.object({ type: z.literal("refusal"), refusal: z.string() });

/** Pieces of text; images, audio and files are refused by their `type`. */
const partsOf = <Part extends z.core.$ZodTypeDiscriminable>(...parts: [Part, ...Part[]]) =>
  z.union([z.string(), z.array(z.discriminatedUnion("type", parts)).min(1)]);

const text = partsOf(TextPart);
const name = z.string().optional().describe("Accepted, not read.");

const ToolCallMessage = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string().min(1), arguments: z.string().describe("JSON.") }),
});

/** One message of a conversation, as OpenAI writes it. */
export const Message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("system"), content: text, name }),
  z.object({ role: z.literal("developer"), content: text, name }).describe("Read as `system`."),
  z.object({ role: z.literal("user"), content: text, name }),
  z.object({
    role: z.literal("assistant"),
    content: partsOf<typeof TextPart | typeof RefusalPart>(TextPart, RefusalPart).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(ToolCallMessage).min(1).optional(),
    name,
  }),
  z.object({ role: z.literal("tool"), content: text, tool_call_id: z.string() }),
]).meta({ id: "Message" });

/** One message of a conversation, as OpenAI writes it. */
export type Message = z.infer<typeof Message>;
