import { z } from "zod";

/** An attempt's name; it travels in paths and headers. */
export const EpisodeId = z.string().regex(
  /^[\x21-\x7e]{1,128}$/,
  "must be 1 to 128 printable characters without white space",
);

/** A name of an agent, a metric, or whoever judges. */
export const Name = z.string().min(1).max(128);

/** A published version. */
export const Version = z.int().min(0).max(0xffffffff);

/** How many of a list, as a query parameter; the newest. */
export const Limit = z.coerce.number().int().min(1).max(1000);
