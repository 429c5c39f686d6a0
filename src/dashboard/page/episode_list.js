import { episodeLine, episodeSteps } from "./episode.js";
import { html } from "./html.js";
import { show } from "./show.js";

/**
 * The last episodes, newest first, each of which opens. While one is open the list holds still: newer ones wait behind a
 * button, and what is shown is brought up to date in its place.
 */
export function episodeList(element, newer) {
  const cards = new Map();
  let latest = { episodes: [], metrics: {}, now: 0 };

  newer.addEventListener("click", () => {
    for (const card of cards.values()) card.open = false;
    place();
  });
  // `toggle` does not bubble; steps are written when they are looked at.
  element.addEventListener("toggle", ({ target }) => cards.get(target.dataset?.id) === target && fill(target), true);

  return (episodes, metrics, now) => {
    latest = { episodes, metrics, now };
    const reads = [...cards.values()].some(({ open }) => open);
    const fresh = episodes.filter(({ id }) => !cards.has(id)).length;
    if (!reads || cards.size === 0) place();
    else {
      episodes.forEach(({ id }) => cards.has(id) && fill(cards.get(id)));
      newer.hidden = fresh === 0;
      newer.textContent = `${fresh === 20 ? "20 or more" : fresh} newer: close and show`;
    }
  };

  function place() {
    newer.hidden = true;
    const { episodes } = latest;
    const kept = new Set(episodes.map(({ id }) => id));
    for (const [id, card] of cards) if (!kept.has(id)) card.remove(), cards.delete(id);
    episodes.forEach(({ id }, i) => {
      if (!cards.has(id)) cards.set(id, newCard(id));
      const card = cards.get(id);
      fill(card);
      if (element.children[i] !== card) element.insertBefore(card, element.children[i] ?? null);
    });
    if (episodes.length === 0) show(element, html`<p class="plain nothing">No episode yet.</p>`);
    else for (const child of [...element.children]) if (!child.dataset.id) child.remove();
  }

  function fill(card) {
    const episode = latest.episodes.find(({ id }) => id === card.dataset.id);
    if (!episode) return;
    show(card.firstElementChild, episodeLine(episode, latest.now));
    if (card.open) show(card.lastElementChild, episodeSteps(episode, latest.metrics));
  }
}

function newCard(id) {
  const card = document.createElement("details");
  card.className = "episode";
  card.dataset.id = id;
  card.append(document.createElement("summary"), document.createElement("div"));
  return card;
}
