import { html } from "./html.js";

/** What to do when nothing has happened yet: two lines to copy. */
export function welcome({ agent, learnsFrom, metrics }, origin, withKey) {
  const post = (route, body) =>
    [
      `curl -s ${origin}/v1/${route}`,
      ...(withKey ? ["-H 'authorization: Bearer YOUR_KEY'"] : []),
      "-H 'content-type: application/json'",
      `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
    ].join(" \\\n  ");
  const question = {
    agent,
    turns: [{ role: "user", text: "My parcel is late" }],
    candidates: ["refund", "track", "apologize"],
  };
  const value = metrics?.[learnsFrom]?.type === "number" ? metrics[learnsFrom].range?.[1] ?? 1 : true;
  return html`
    <h2>Nothing decided yet. Two lines, and it learns.</h2>
    <ol class="steps">
      <li><p>Ask for a decision. The answer carries a <code>receipt</code>.</p>${line(post("decisions", question))}</li>
      <li><p>Say how good it was, with that receipt.</p>${line(
        post("feedback", { receipt: "RECEIPT", metric: learnsFrom, value }),
      )}</li>
    </ol>
    <p>This page follows by itself. All routes, to try out: <a href="/docs">/docs</a>.</p>
  `;
}

function line(text) {
  return html`
    <div
      class="command"><pre tabindex="0">${text}</pre><button type="button" data-copy="${text}">Copy</button></div>
  `;
}
