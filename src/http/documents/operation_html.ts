import { escapeHtml, proseHtml } from "./escape_html.ts";
import { type Components, exampleOf } from "./example_of.ts";
import { jsonHtml } from "./json_html.ts";
import type { Content, JsonObject, Operation } from "./open_api_document.ts";
import { schemaHtml } from "./schema_html.ts";

/** One operation of a document with its place. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** One operation as a section: what it takes and answers, and a form to try it. @param agents Names that exist. */
export function operationHtml(
  { method, path, operation }: PlacedOperation,
  components: Components,
  agents: readonly string[],
): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody && withAgent(exampleOfContent(requestBody.content, components), agents);
  const scope = operation["x-scope"];
  return `<section class="operation" id="${escapeHtml(operationId)}">
<div class="told">
<h3><a href="#${escapeHtml(operationId)}">${escapeHtml(summary)}</a></h3>
<p class="route"><b class="method ${method}">${method.toUpperCase()}</b><code>${pathHtml(path)}</code>
<span class="scope">${scope === undefined ? "open to everyone" : `scope <b>${escapeHtml(scope)}</b>`}</span></p>
${description === undefined ? "" : `<p class="prose">${proseHtml(description)}</p>`}
${parameters.length === 0 ? "" : `<h4>Parameters</h4>${parametersHtml(parameters)}`}
${requestBody ? `<h4>Body</h4>${schemaHtml(schemaOf(requestBody.content), components, "sent")}` : ""}
<h4>Answers</h4>${responsesHtml(responses, components)}
</div>
<div class="shown">${tryHtml({ method, path, operation }, body, agents)}</div>
</section>`;
}

function pathHtml(path: string): string {
  return escapeHtml(path).replace(/\{[^}]+\}/g, "<em>$&</em>");
}

function parametersHtml(parameters: NonNullable<Operation["parameters"]>): string {
  const rows = parameters.map(({ name, in: place, required, description, schema }) =>
    `<li><div class="property"><code class="name">${escapeHtml(name)}</code><span class="type">${place}, ${
      escapeHtml(String(schema.type ?? "string"))
    }</span>${required ? `<span class="required">required</span>` : ""}</div><p>${proseHtml(description)}</p></li>`
  );
  return `<ul class="properties">${rows.join("")}</ul>`;
}

/** Each answer is a line that unfolds; errors are lines that share one body. */
function responsesHtml(responses: Operation["responses"], components: Components): string {
  const all = Object.entries(responses);
  const [answers, errors] = [all.filter(([status]) => status < "400"), all.filter(([status]) => status >= "400")];
  const bodies = new Set(
    errors.map(([, { content }]) => content ? schemaHtml(schemaOf(content), components, "answered") : ""),
  );
  const unfolding = [...bodies].filter((html) => html !== "").map((html) =>
    `<details class="answer"><summary>Body of errors</summary>${html}</details>`
  );
  return [
    ...answers.map(([status, { description, content = {} }]) => {
      const forms = Object.entries(content).map(([type, { schema }]) => {
        const properties = schema ? schemaHtml(schema, components, "answered") : "";
        return properties === "" ? "" : `<p class="media">${escapeHtml(type)}</p>${properties}`;
      }).join("");
      const label = statusHtml(status, description);
      return forms === ""
        ? `<div class="answer">${label}</div>`
        : `<details class="answer"><summary>${label}</summary>${forms}</details>`;
    }),
    ...errors.map(([status, { description }]) => `<div class="answer">${statusHtml(status, description)}</div>`),
    ...unfolding,
  ].join("");
}

function statusHtml(status: string, description: string): string {
  return `<b class="status s${status[0]}">${status}</b> ${proseHtml(description)}`;
}

function tryHtml({ method, path, operation }: PlacedOperation, body: unknown, agents: readonly string[]): string {
  const { operationId, summary, parameters = [] } = operation;
  const fields = parameters.map(({ name, in: place, required }) => {
    const value = required && /^(agent|model|name)$/.test(name) ? agents[0] ?? "" : "";
    return `<label><span>${escapeHtml(name)}</span><input name="${escapeHtml(name)}" data-in="${place}" value="${
      escapeHtml(value)
    }"${required ? " required" : ` placeholder="optional"`} autocomplete="off" spellcheck="false"></label>`;
  });
  const lines = body === undefined ? 0 : JSON.stringify(body, undefined, 2).split("\n").length;
  const text = body === undefined ? "" : escapeHtml(JSON.stringify(body, undefined, 2));
  return `<form data-method="${method.toUpperCase()}" data-path="${escapeHtml(path)}" aria-label="Try: ${
    escapeHtml(summary)
  }">
<div class="bar"><span>${method.toUpperCase()} ${
    escapeHtml(path)
  }</span><button type="button" class="curl">Copy as curl</button></div>
${fields.join("")}
${
    body === undefined
      ? ""
      : `<label class="body"><span class="hidden">Body of ${
        escapeHtml(operationId)
      }</span><textarea name="body" rows="${Math.min(lines, 24)}" spellcheck="false">${text}</textarea></label>`
  }
<div class="send"><button type="submit">Send</button><output class="outcome"></output></div>
</form>
<pre class="result" tabindex="0" hidden></pre>
${answerPreview(operation)}`;
}

/** What a good answer looks like, where its schema has an example. */
function answerPreview({ responses }: Operation): string {
  for (const { content = {} } of Object.values(responses)) {
    const [example] = Object.values(content["application/json"]?.examples ?? {}) as { readonly value: unknown }[];
    if (example) {
      return `<details class="preview"><summary>An answer</summary><pre>${jsonHtml(example.value)}</pre></details>`;
    }
  }
  return "";
}

function schemaOf(content: Content): JsonObject {
  return content["application/json"]?.schema ?? {};
}

function exampleOfContent(content: Content, components: Components): unknown {
  const { schema = {}, examples = {} } = content["application/json"] ?? {};
  const [first] = Object.values(examples) as { readonly value: unknown }[];
  return first ? first.value : exampleOf(schema, components);
}

/** Examples name an agent of nobody's; here they name the first that there is. */
function withAgent(body: unknown, [agent]: readonly string[]): unknown {
  if (agent === undefined || typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const named = Object.entries(body).map(([key, value]) => [key, key === "model" || key === "agent" ? agent : value]);
  return Object.fromEntries(named);
}
