import { z } from "zod";

/** Body of every error outside the OpenAI routes. */
export const NativeErrorSchema = z.object({
  error: z.object({
    code: z.string().describe("For programs."),
    message: z.string().describe("For people: what cannot be done, why, and what to do next."),
    requestId: z.string().describe("Names the request; also in the header `x-request-id`."),
  }),
}).meta({ id: "Error" });
