import { DOCS_SCRIPT } from "./docs_script.ts";
import { DOCS_STYLE } from "./docs_style.ts";
import { escapeHtml, proseHtml } from "./escape_html.ts";
import type { OpenApiDocument } from "./open_api_document.ts";
import { operationHtml, type PlacedOperation } from "./operation_html.ts";

/**
 * An OpenAPI document as one page that needs nothing but itself: by day and by night, on a desk and on a phone, with a form
 * for each route.
 *
 * @param agents Names of the agents that there are; forms are filled in with the first.
 */
export function docsPage(document: OpenApiDocument, agents: readonly string[]): string {
  const { info, tags, paths, components } = document;
  const operations: PlacedOperation[] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation }))
  );
  const groups = tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const navigation = groups.map(({ name, operations }) =>
    `<h2>${escapeHtml(name)}</h2><ul>${operations.map(linkHtml).join("")}</ul>`
  ).join("");
  const sections = groups.map(({ name, operations }) =>
    `<h2 class="group">${escapeHtml(name)}</h2>${
      operations.map((one) => operationHtml(one, components.schemas, agents)).join("")
    }`
  ).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(info.title)} — routes</title>
<link rel="icon" href="data:,">
<style>${DOCS_STYLE}</style>
</head>
<body>
<nav aria-label="Routes"><div class="brand"><b>${escapeHtml(info.title)}</b><span>${
    escapeHtml(info.version)
  }</span></div>
<details class="menu" open><summary>Routes</summary>${navigation}</details></nav>
<main>
<header><h1>${escapeHtml(info.title)} over HTTP</h1><p>${proseHtml(info.description)}</p>
${startHtml(agents)}
<form class="key" aria-label="Key"><label><span>Key</span><input name="key" type="password" autocomplete="off" placeholder="sent as Authorization: Bearer; kept in this tab only"></label>
<a href="openapi.json">openapi.json</a></form></header>
${sections}
</main>
<script>${DOCS_SCRIPT}</script>
</body>
</html>`;
}

function linkHtml({ method, operation: { operationId, summary } }: PlacedOperation): string {
  return `<li><a href="#${escapeHtml(operationId)}"><b class="method ${method}">${method.toUpperCase()}</b>${
    escapeHtml(summary)
  }</a></li>`;
}

/** The shortest program that asks and judges. */
function startHtml([agent = "support"]: readonly string[]): string {
  const program = `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "<span class="origin">http://127.0.0.1:8000</span>/v1", apiKey });
const { data, response } = await client.chat.completions.create({
  model: ${escapeHtml(JSON.stringify(agent))},
  messages: [{ role: "user", content: "Where is my parcel?" }],
}).withResponse();
console.log(data.choices[0].message);

const receipt = response.headers.get("x-eddy-receipt");
await client.post("/feedback", { body: { receipt, value: true } });`;
  return `<figure class="start"><figcaption>Ask with the official OpenAI client, judge with the receipt</figcaption>` +
    `<pre>${program}</pre></figure>`;
}
