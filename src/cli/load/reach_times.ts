/** A version began to serve. */
export interface PublishedAt {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** One server answered with a version that it had not answered with before. */
export interface Sighting extends PublishedAt {
  /** Which server, from 0. */
  readonly server: number;
}

/**
 * How long each publication took until every server answered with it or with a later one, milliseconds. A version may be
 * published again: a sighting is of the last publication before it.
 *
 * @param publications In their order. @param sightings In the order of their times. @param servers How many there are.
 * @returns [publications] Infinite where a server never answered with it.
 */
export function reachTimes(
  publications: readonly PublishedAt[],
  sightings: readonly Sighting[],
  servers: number,
): readonly number[] {
  /** [publications][servers] */
  const reached = publications.map(() => new Float64Array(servers).fill(Infinity));
  const next = new Int32Array(servers);
  for (const { server, version, at } of sightings) {
    const last = publications.findLastIndex((published) => published.version === version && published.at <= at);
    for (; next[server] <= last; next[server]++) reached[next[server]][server] = at;
  }
  return reached.map((times, index) => Math.max(...times) - publications[index].at);
}
