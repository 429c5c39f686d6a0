import { describe, it } from "@std/testing/bdd";
import { equal, match, ok } from "node:assert/strict";
import { startServer } from "../../../src/cli/load/start_server.ts";
import { program, teach } from "./_program.ts";

describe("eddy export, eddy import", () => {
  it("carry every episode into another database, whose service learns from it at its start", async () => {
    await using own = await program();
    const server = await startServer([own.configuration]);
    await teach(server.address, 20);
    // While it runs.
    equal((await own.eddy(["export", "live.jsonl"])).code, 0);
    equal(await server.stop(), 0);
    const exported = await own.eddy(["export", "episodes.jsonl"]);
    match(exported.err, /^20 episodes written to episodes\.jsonl\.\n$/);
    const lines = await Deno.readTextFile(`${own.folder}/episodes.jsonl`);
    equal(lines, await Deno.readTextFile(`${own.folder}/live.jsonl`));
    equal(lines, (await own.eddy(["export"])).out);

    await using other = await program();
    await Deno.writeTextFile(`${other.folder}/episodes.jsonl`, lines);
    equal((await other.eddy(["import", "episodes.jsonl"])).out, "20 new episodes.\n");
    equal((await other.eddy(["import", "episodes.jsonl"])).out, "0 new episodes.\n");
    equal((await other.eddy(["export"])).out, lines);
    const learner = await startServer([other.configuration]);
    const { agents: [{ status }] } = await (await fetch(`${learner.address}/v1/status`)).json();
    equal(status.learnedUpTo, 20, JSON.stringify(status));
    equal(await learner.stop(), 0);
  });

  it("name the line that cannot be read, and keep nothing of the file", async () => {
    await using own = await program();
    await Deno.writeTextFile(`${own.folder}/broken.jsonl`, '{"id":"a"}\n');
    const { code, err } = await own.eddy(["import", "broken.jsonl"]);
    equal(code, 65);
    match(err, /^error: Cannot import 'broken\.jsonl': line 1 is no episode: 'id' or 'agent' is missing\n$/);
    ok((await own.eddy(["export"])).out === "");
    equal((await own.eddy(["import", "nothing.jsonl"])).code, 66);
    equal((await own.eddy(["export", "--since", "soon"])).code, 2);
  });
});
