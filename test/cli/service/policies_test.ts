import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { policiesCommand } from "../../../src/cli/commands/policies.ts";
import { parseCall } from "../../../src/cli/parse_call.ts";
import { listen } from "../../../src/cli/serving/listen.ts";
import { openService, resolveServiceConfiguration } from "../../../src/service/mod.ts";
import { testMachine } from "../../service/machine.ts";
import { fakeHost } from "../fake_host.ts";
import { teach } from "./_program.ts";

/** A service on a real port that has learned, and what `eddy policies WORDS` writes about it. */
async function taught(use: (policies: (...words: string[]) => Promise<string>) => Promise<void>): Promise<void> {
  const policy = { kind: "reward-model", options: { model: "logistic", hashBits: 12 } };
  await using service = await openService(
    resolveServiceConfiguration({
      agents: {
        router: { policy, candidates: ["billing", "sales"], gate: { delayJudgements: 8, everyJudgements: 4 } },
      },
      store: { kind: "sqlite", path: ":memory:" },
    }),
    testMachine(),
  );
  const { address, stop } = listen(service.app, { host: "127.0.0.1", port: 0 });
  try {
    await teach(address, 24);
    await service.loop.drain();
    await use(async (...words) => {
      const host = fakeHost({ variables: { EDDY_SERVER: address } });
      equal(await policiesCommand.run(parseCall(policiesCommand, words), host), 0);
      return host.out();
    });
  } finally {
    await stop();
  }
}

describe("eddy policies", () => {
  it("lists, shows and compares the versions of a running service", () =>
    taught(async (policies) => {
      match(await policies(), /^router {2}version \d+ serves /);
      deepEqual(JSON.parse(await policies("--json")).policies[0].agent, "router");
      const listed = await policies("list", "router", "--limit", "2");
      const [serving, , title, ...lines] = listed.trimEnd().split("\n");
      match(serving, /^router {2}version \d+ serves /);
      equal(title, "versions, newest first");
      equal(lines.length, 2 + 2 + 2);
      match(
        lines[0],
        /^ +\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}learned +24 judgements {2}from \d+ +rebuilt from judgements$/,
      );
      match(lines[3], /^history, newest first$/);
      match(await policies("show", "router", "1"), /^ +1 .*\n( {2}\S.* {2}[-\d.,e]+\n)*$/);
      match(await policies("diff", "router", "0", "1"), /^0 → 1: \d+ judgements more, \d+\.\d s later\n/);
      match(await policies("diff", "router", "1", "0"), /^1 → 0: \d+ judgements fewer, \d+\.\d s earlier\n/);
    }));

  it("publishes, tries, goes back and goes on, and says what the history says of it", () =>
    taught(async (policies) => {
      match(
        await policies("publish", "router", "2"),
        /^router {2}version 2 serves 100 %\n.* publish +2 .*\(anonymous\)\n$/,
      );
      match(
        await policies("canary", "router", "3", "--share", "0.25"),
        /^router {2}version 2 serves 75 %, version 3 is tried on 25 %\n.* canary +3 /,
      );
      const before = JSON.parse(await policies("--json")).policies[0].assignment.incumbent;
      match(await policies("rollback", "router"), /^router {2}version \d+ serves 100 %\n.* rollback /);
      const after = JSON.parse(await policies("list", "router", "--json"));
      equal(after.assignment.canary, undefined);
      equal(after.history[0].action, "rollback");
      equal(after.assignment.incumbent === before, false);
      match(await policies("resume", "router"), /^router {2}version \d+ serves 100 %\n/);
    }));

  it("refuses what is not there, in one sentence", () =>
    taught(async (policies) => {
      await rejects(policies("forget"), /Cannot run 'policies forget': there are list, show, publish,/);
      await rejects(policies("show"), /say which agent/);
      await rejects(policies("show", "router", "x"), /'x' is no version/);
      await rejects(policies("publish", "router", "99"), /404 Cannot use version 99 of 'router': there is none/);
      await rejects(policies("list", "ruter"), /did you mean 'router'/);
      await rejects(policies("canary", "router", "1", "--share", "2"), /between 0 and 1/);
      await rejects(
        policies("list", "--server", "http://127.0.0.1:9"),
        /Cannot reach http:\/\/127\.0\.0\.1:9: .*'deno task serve'/,
      );
    }));
});
