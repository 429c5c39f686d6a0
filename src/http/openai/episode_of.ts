import type { Context } from "hono";
import { EpisodeId } from "../request_schemas.ts";
import { invalidParameter } from "./invalid_parameter.ts";

/**
 * The attempt that a request belongs to: `eddy.episode`, else the header `x-eddy-episode`, else `metadata.eddy_episode`;
 * undefined where it names none.
 *
 * @throws {OpenAiError} 400 If the name cannot travel in a header.
 */
export function episodeOf(c: Context, fromBody: string | undefined, fromMetadata?: string): string | undefined {
  const fromHeader = c.req.header("x-eddy-episode");
  const episode = fromBody ?? fromHeader ?? fromMetadata;
  if (episode === undefined || EpisodeId.safeParse(episode).success) return episode;
  const param = fromHeader === undefined ? "metadata.eddy_episode" : "x-eddy-episode";
  throw invalidParameter(param, `Cannot answer: '${param}' must be 1 to 128 printable characters without white space`);
}
