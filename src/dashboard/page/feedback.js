import { format } from "./format.js";
import { html } from "./html.js";

/** Every end that a judgement can come to: nothing is dropped in silence. */
const KINDS = [
  { kind: "joined", name: "Joined", means: "found its step and counts", look: "good" },
  { kind: "early", name: "Waiting", means: "came before its step; joins as soon as that is there", look: "warm" },
  { kind: "late", name: "Late", means: "came after the window closed: kept, not learned from", look: "" },
  { kind: "superseded", name: "Superseded", means: "another judgement had settled that step already", look: "" },
  { kind: "orphaned", name: "Orphaned", means: "its step never came: check the ids that clients send", look: "bad" },
  { kind: "duplicate", name: "Duplicates", means: "sent again with the same content: counted once", look: "" },
  { kind: "conflict", name: "Conflicts", means: "same key, other content: refused, the first one stands", look: "bad" },
];

/** How many judgements came to which end, each with what that means. */
export function feedback({ status }) {
  const counts = status?.feedback ?? {};
  const most = Math.max(1, ...KINDS.map(({ kind }) => counts[kind] ?? 0));
  return html`
    <table class="kinds">
      <caption class="unseen">Judgements by what became of them</caption>
      <tbody>${KINDS.map(({ kind, name, means, look }) => {
        const count = counts[kind] ?? 0;
        return html`
          <tr class="${count ? look : "none"}" data-kind="${kind}">
            <th scope="row">${name}<small>${means}</small></th>
            <td>${format.whole(
              count,
            )}<svg class="share" width="64" height="4" aria-hidden="true"><rect width="64" height="4" rx="2"/><rect class="of" width="${count
              ? Math.max(3, Math.round(64 * count / most))
              : 0}" height="4" rx="2"/></svg></td>
          </tr>
        `;
      })}</tbody>
    </table>
  `;
}
