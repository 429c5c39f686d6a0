import { PAGE_FILES } from "./page_files.ts";

/** The page may load from, talk to and be framed by nobody but its own server, and runs nothing that is written inline. */
const HEADERS = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/**
 * What answers `/` and `/dashboard/*`: one page and the files it is made of, as they stand in the source, without a build
 * step and without a request to anyone else.
 *
 * The page reads `GET /v1/status`, follows `GET /v1/events` and shows `GET /v1/episodes`, with the key that its reader
 * types in where the server asks for one.
 *
 * @returns The answer to a GET of `path`; undefined where the path is none of the page's.
 */
export function createDashboard(): (path: string) => Response | undefined {
  return (path) => {
    const name = path === "/" ? "index.html" : path.replace(/^\/dashboard\//, "");
    if (name === path || !Object.hasOwn(PAGE_FILES, name)) return undefined;
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    return new Response(PAGE_FILES[name], { headers: { ...HEADERS, "content-type": type } });
  };
}
