import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CONFIGURATION_TEXT } from "../../../src/cli/commands/init.ts";
import { receiptSecrets } from "../../../src/cli/serving/receipt_secrets.ts";
import { readServiceConfiguration } from "../../../src/cli/serving/read_service_configuration.ts";
import { fakeHost } from "../fake_host.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const AGENTS = { router: { policy: { kind: "reward-model", options: { model: "logistic" } }, candidates: ["a", "b"] } };

describe("readServiceConfiguration()", () => {
  it("reads the file of the working directory when none is named, and begins its paths there", async () => {
    const host = fakeHost();
    host.files.set(
      "/project/eddy.config.json",
      JSON.stringify({ agents: AGENTS, store: { kind: "sqlite", path: "a.db" } }),
    );
    const { configuration, source } = await readServiceConfiguration(undefined, host);
    equal(source, "eddy.config.json");
    deepEqual(configuration.store, { kind: "sqlite", path: "/project/a.db" });
  });

  it("begins paths in the folder of the file that is named", async () => {
    const host = fakeHost();
    const agents = { desk: { policy: { kind: "checkpoint", path: "runs/desk", environment: "./world.ts" } } };
    host.files.set("/project/conf/own.json", JSON.stringify({ agents }));
    const { configuration } = await readServiceConfiguration("conf/own.json", host);
    deepEqual(configuration.agents.desk.policy, {
      kind: "checkpoint",
      path: "/project/conf/runs/desk",
      environment: "file:///project/conf/world.ts",
    });
  });

  it("serves a model from elsewhere as it is, with its database beside a file or where it is told", async () => {
    const { configuration } = await readServiceConfiguration("models/tiny.gguf", fakeHost());
    equal(configuration.agents.tiny.mode, "frozen");
    deepEqual(configuration.store, { kind: "sqlite", path: "/project/models/tiny.gguf.eddy/eddy.db" });
    const folder = await readServiceConfiguration("models/hf", fakeHost(), {
      data: "kept",
      chatTemplate: "chatml.jinja",
    });
    deepEqual(folder.configuration.agents.hf.policy, {
      ...{ kind: "checkpoint", path: "/project/models/hf", chatTemplate: "/project/chatml.jinja" },
    });
    equal(folder.configuration.agents.hf.mode, "frozen");
    deepEqual(folder.configuration.store, { kind: "sqlite", path: "/project/kept/eddy.db" });
    const host = fakeHost();
    host.files.set("/project/runs/desk-1/latest", "00000001-0123456789abcdef");
    equal((await readServiceConfiguration("runs/desk-1", host)).configuration.agents["desk-1"].mode, "learn");
  });

  it("places adapters beside a model, by their names", async () => {
    const read = async (...adapters: string[]): Promise<unknown> =>
      (await readServiceConfiguration("models/hf", fakeHost(), { adapters })).configuration.agents.hf.policy;
    const adapters = { support: "/project/runs/a=b", sales: "/x/sales" };
    deepEqual(await read("support=runs/a=b", "sales=/x/sales"), {
      ...{ kind: "checkpoint", path: "/project/models/hf", adapters },
    });
    await rejects(read("runs/a"), /'--adapter runs\/a': expected NAME=FOLDER/);
    await rejects(read("a=b", "a=c"), /'a' stands there twice/);
    await rejects(read("a:b=c"), { code: "configuration_invalid" });
    const host = fakeHost();
    const policy = { kind: "checkpoint", path: "hf", adapters: { own: "runs/own" } };
    host.files.set("/project/conf/own.json", JSON.stringify({ agents: { tiny: { policy, mode: "frozen" } } }));
    const { configuration } = await readServiceConfiguration("conf/own.json", host);
    deepEqual(configuration.agents.tiny.policy, {
      ...{ kind: "checkpoint", path: "/project/conf/hf", environment: undefined },
      adapters: { own: "/project/conf/runs/own" },
    });
    await rejects(readServiceConfiguration("conf/own.json", host, { adapters: ["a=b"] }), /in 'policy.adapters'/);
  });

  it("serves a checkpoint alone when a folder is named", async () => {
    const { configuration } = await readServiceConfiguration("runs/desk-1/", fakeHost());
    deepEqual(Object.keys(configuration.agents), ["desk-1"]);
    deepEqual(configuration.store, { kind: "sqlite", path: "/project/runs/desk-1/eddy.db" });
  });

  it("says how to make a configuration when there is none, and what is wrong with a file", async () => {
    const host = fakeHost();
    await rejects(readServiceConfiguration(undefined, host), /'eddy init' writes one/);
    await rejects(readServiceConfiguration("own.json", host), /Cannot read 'own.json': there is no such file/);
    host.files.set("/project/own.json", "{");
    await rejects(readServiceConfiguration("own.json", host), /Cannot read 'own.json': .*JSON/);
  });

  it("reads what 'eddy init' writes", async () => {
    const folder = await Deno.makeTempDir({ dir: `${root}test`, prefix: "_init_" });
    try {
      await Deno.writeTextFile(`${folder}/eddy.config.ts`, CONFIGURATION_TEXT);
      const host = { ...fakeHost(), workingDirectory: folder, readText: (path: string) => Deno.readTextFile(path) };
      const { configuration } = await readServiceConfiguration("eddy.config.ts", host);
      deepEqual(configuration.agents.router.candidates, ["billing", "technical support", "sales"]);
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", `${folder}/eddy.config.ts`],
        cwd: root,
      })
        .output();
      equal(code, 0, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("receiptSecrets()", () => {
  it("makes a secret beside the database once, which only its owner can read", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const host = {
        ...fakeHost(),
        readText: (path: string) => Deno.readTextFile(path).catch(() => undefined),
      };
      const [made] = await receiptSecrets(`${folder}/eddy.db`, host);
      const [kept] = await receiptSecrets(`${folder}/eddy.db`, host);
      deepEqual(made, kept);
      equal(made.length, 32);
      equal((await Deno.stat(`${folder}/receipts.secret`)).mode! & 0o777, 0o600);
      equal((await receiptSecrets(`${folder}/another/eddy.db`, host))[0].toHex() === made.toHex(), false);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("takes secrets of the environment, newest first, and refuses what is none", async () => {
    const [newer, older] = ["ab".repeat(32), "cd".repeat(32)];
    const host = fakeHost({ variables: { EDDY_RECEIPT_SECRETS: `${newer}, ${older}` } });
    deepEqual((await receiptSecrets(undefined, host)).map((secret) => secret.toHex()), [newer, older]);
    await rejects(
      receiptSecrets(undefined, fakeHost({ variables: { EDDY_RECEIPT_SECRETS: "abc" } })),
      /64 hexadecimal/,
    );
    await rejects(receiptSecrets(undefined, fakeHost()), /set EDDY_RECEIPT_SECRETS/);
  });
});
