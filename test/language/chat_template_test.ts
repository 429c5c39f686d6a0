import { describe, it } from "@std/testing/bdd";
import { equal, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { chatTemplate, readChatTemplate, strftime } from "../../src/language/mod.ts";

const hi = [{ role: "user", content: "Hi" }];

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof EddyError && error.code === code && message.test(error.message);
}

describe("ChatTemplate.render()", () => {
  it("ends with an error when the template does too much", () => {
    const greedy = [
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      "{% for a in range(10 ** 9) %}{% endfor %}",
      "{% for a in range(1000000000) %}{% endfor %}",
      "{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "{% set ns = namespace(l=[1, 2]) %}{% for a in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ];
    for (const source of greedy) {
      const startedAt = performance.now();
      throws(() => chatTemplate(source).render(hi), (error) => error instanceof EddyError, source);
      equal(performance.now() - startedAt < 20_000, true, "took too long");
    }
    throws(
      () => chatTemplate("{% for a in range(9) %}{{ a }}{% endfor %}").render(hi, { limits: { steps: 10 } }),
      refusal("tokenizer_invalid", /does not end within 10 steps/),
    );
    throws(() => chatTemplate(greedy[2]).render(hi), refusal("tokenizer_invalid", /range has 1000000000 numbers/));
  });

  it("passes on what the template raises, and refuses an empty conversation", () => {
    const template = chatTemplate("{{ raise_exception('Only two roles, please') }}");
    throws(() => template.render(hi), refusal("request_invalid", /: Only two roles, please$/));
    throws(() => template.render([]), refusal("request_invalid", /no message/));
  });

  it("tells the time that it was given, and refuses to tell another", () => {
    const template = chatTemplate("{{ strftime_now('%d %b %Y') }}");
    equal(template.render(hi, { now: new Date(2026, 10, 5) }), "05 Nov 2026");
    throws(() => template.render(hi), refusal("request_invalid", /give 'now'/));
  });

  it("gives tools, the prompt's beginning and further names to the template", () => {
    const template = chatTemplate(
      "{% if tools %}{{ tools | tojson }}{% endif %}{{ mood }}{% if add_generation_prompt %}>{% endif %}",
    );
    const options = { tools: [{ name: "é<" }], variables: { mood: "calm" }, addGenerationPrompt: true };
    equal(template.render(hi, options), '[{"name": "é<"}]calm>');
    equal(template.render(hi), "");
  });

  it("goes on with the last message", () => {
    const template = chatTemplate("{% for m in messages %}[{{ m.content | trim }}]{% endfor %}");
    const told = [...hi, { role: "assistant", content: "Well " }];
    equal(template.render(told, { continueFinalMessage: true }), "[Hi][Well");
    throws(
      () => template.render(told, { continueFinalMessage: true, addGenerationPrompt: true }),
      refusal("request_invalid", /exclude each other/),
    );
    throws(
      () => chatTemplate("nothing").render(told, { continueFinalMessage: true }),
      refusal("request_invalid", /does not write the last message/),
    );
  });

  it("leaves out marks for training", () => {
    const template = chatTemplate(
      "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    );
    equal(template.render(hi), "Hi");
  });
});

describe("chatTemplate()", () => {
  it("throws EddyError for what is no template", () => {
    for (const source of ["{% if %}", "{{ a", "{% for x in y %}", "{% endfor %}"]) {
      throws(() => chatTemplate(source), refusal("tokenizer_invalid", /^Cannot read chat template: /), source);
    }
  });
});

describe("readChatTemplate()", () => {
  it("takes special tokens as texts or objects, and the template for tools where there are any", () => {
    const template = readChatTemplate(JSON.stringify({
      bos_token: { content: "<s>" },
      eos_token: "</s>",
      chat_template: [
        { name: "default", template: "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}" },
        { name: "tool_use", template: "tools" },
      ],
    }))!;
    equal(template.render(hi), "<s>Hi</s>");
    equal(template.render(hi, { tools: [{}] }), "tools");
  });

  it("gives undefined without a template, and EddyError for a broken file", () => {
    equal(readChatTemplate("{}"), undefined);
    equal(readChatTemplate("{}", "{{ messages[0].role }}")!.render(hi), "user");
    throws(() => readChatTemplate("{"), refusal("tokenizer_invalid", /not JSON/));
    throws(() => readChatTemplate('{"chat_template": 3}'), refusal("tokenizer_invalid", /is no text/));
  });
});

describe("strftime()", () => {
  it("writes dates as Python does in the C locale", () => {
    // recorded with Python 3.11
    const date = new Date(2024, 11, 30, 0, 7, 9);
    const signs = "%a %A %b %B %d %-d %e %H %I %j %m %M %p %S %u %w %U %W %y %Y %% %F %T %D %Q";
    equal(
      strftime(date, signs),
      "Mon Monday Dec December 30 30 30 00 12 365 12 07 AM 09 1 1 52 53 24 2024 % 2024-12-30 00:07:09 12/30/24 %Q",
    );
  });
});
