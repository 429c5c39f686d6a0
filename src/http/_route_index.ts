import { nearest } from "../nearest.ts";
import { Refusal } from "./refusal.ts";

/** Longer paths are not compared. */
const LONGEST = 80;

/**
 * Says what exists near a request that nothing answers.
 *
 * @param routes Method and pattern of every route.
 * @returns A function to the refusal: `method_not_allowed` with `allow` where another method is answered, else `not_found`.
 */
export function routeIndex(
  routes: readonly { readonly method: string; readonly path: string }[],
): (method: string, path: string) => Refusal {
  const patterns = [...Map.groupBy(routes.filter(({ method }) => method !== "ALL"), ({ path }) => path)]
    .map(([path, same]) => ({
      path,
      methods: [...new Set(same.flatMap(({ method }) => method === "GET" ? ["GET", "HEAD"] : [method]))],
      segments: path.split("/"),
    }));
  const paths = patterns.map(({ path }) => path);
  return (method, path) => {
    const segments = path.split("/");
    const methods = [
      ...new Set(patterns.filter((pattern) => matches(pattern.segments, segments)).flatMap((p) => p.methods)),
    ];
    if (methods.length > 0 && !methods.includes(method)) {
      const allow = methods.join(", ");
      return new Refusal("method_not_allowed", `Cannot ${method} ${shown(path)}: it answers ${allow}`, { allow });
    }
    const guess = path.length <= LONGEST ? nearest(path, paths) : undefined;
    return new Refusal(
      "not_found",
      `Cannot ${method} ${shown(path)}: there is no such route${
        guess === undefined ? "" : `; the nearest is ${guess}`
      }`,
    );
  };
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length &&
    pattern.every((part, i) => part === path[i] || (part.startsWith(":") && path[i] !== ""));
}

function shown(path: string): string {
  return path.length <= LONGEST ? path : `${path.slice(0, LONGEST)}…`;
}
