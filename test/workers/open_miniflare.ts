/** As much of a Miniflare as the tests use. */
export interface Workerd {
  readonly ready: Promise<URL>;
  dispatchFetch(address: string): Promise<Response>;
  dispose(): Promise<void>;
}

/**
 * Opens workerd through miniflare. The package is named where nothing can read it ahead: 130 MiB that only two tests need
 * are fetched by those who run them.
 */
export async function openMiniflare(options: Readonly<Record<string, unknown>>): Promise<Workerd> {
  const address = ["npm:miniflare", "4.20260730.0"].join("@");
  const { Miniflare } = await import(address) as { readonly Miniflare: new (options: unknown) => Workerd };
  return new Miniflare(options);
}
