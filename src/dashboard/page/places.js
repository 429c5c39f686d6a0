/**
 * What maps a moment to a place of the journal of rewards: versions say how far they had learned when they were made, and
 * between them the journal is taken to have grown evenly.
 *
 * @param versions As `GET /v1/policies/:agent` lists them. @param end Where the journal is now: `{ at, place }`.
 */
export function placesOf(versions, end) {
  const known = versions.map(({ createdAt, learnedUpTo }) => ({ at: createdAt, place: learnedUpTo }))
    .sort((a, b) => a.at - b.at);
  if (!known.length || end.at > known.at(-1).at) known.push(end);
  return (at) => {
    const right = known.findIndex((moment) => moment.at >= at);
    if (right < 0) return known.at(-1).place;
    if (right === 0) return known[0].at === at ? known[0].place : undefined;
    const [a, b] = [known[right - 1], known[right]];
    return a.place + (b.place - a.place) * (at - a.at) / (b.at - a.at);
  };
}
