import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A world as workers can import it: a name or an address as it is, a file of the user's as a `file:` address. */
export function worldAddress(environment: string, workingDirectory: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(environment) && !/^[a-z]:[\\/]/i.test(environment)) return environment;
  const isFile = isAbsolute(environment) || /[\\/]/.test(environment) || /\.[cm]?[jt]s$/.test(environment);
  return isFile ? pathToFileURL(resolve(workingDirectory, environment)).href : environment;
}
