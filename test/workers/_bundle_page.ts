const BUNDLER = new URL("../../workers/bundle_language_model.ts", import.meta.url).href;

/** Bundles the page that talks with a model. @returns Why it cannot be bundled here, if the bundler cannot be had. */
export async function bundlePage(folder: string): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", BUNDLER, folder] })
    .output();
  if (success) return undefined;
  const complaint = new TextDecoder().decode(stderr);
  if (/registry|download|dns|network/i.test(complaint)) return "the bundler cannot be fetched";
  throw new Error(complaint);
}
