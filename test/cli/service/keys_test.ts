import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match } from "node:assert/strict";
import { startServer } from "../../../src/cli/load/start_server.ts";
import { post, program, statusOf } from "./_program.ts";

describe("eddy keys", () => {
  it("makes a key that a running service lets in for its scopes, and withdraws it, without a restart", async () => {
    await using own = await program({ access: "keys" });
    const server = await startServer([own.configuration]);
    const decisions = `${server.address}/v1/decisions`;
    const publish = `${server.address}/v1/policies/router/publish`;
    equal(await statusOf(decisions, { text: "hi" }), 401);
    const made = await own.eddy(["keys", "create", "checkout-page", "--scopes", "decide,feedback", "--json"]);
    const { id, key, scopes } = JSON.parse(made.out);
    deepEqual(scopes, ["decide", "feedback"]);
    await until(async () => await statusOf(decisions, { text: "hi" }, key) === 200);
    equal(await statusOf(publish, { version: 0 }, key), 403);
    const { receipt } = await post(decisions, { text: "hi" }, key);
    // A receipt is a right of its own: a browser holds no key.
    equal(await statusOf(`${server.address}/v1/feedback`, { receipt, value: true }), 202);

    const operator = await own.eddy(["keys", "create", "operator", "--scopes", "read,manage"]);
    const EDDY_KEY = operator.out.split("\n")[0];
    const EDDY_SERVER = server.address;
    await until(async () => (await own.eddy(["policies", "list"], { EDDY_KEY, EDDY_SERVER })).code === 0);
    const refused = await own.eddy(["policies", "list"], { EDDY_KEY: key, EDDY_SERVER });
    equal(refused.code, 65);
    match(refused.err, /403 .*; set EDDY_KEY to a key with the scope\n$/);

    const listed = await own.eddy(["keys", "list"]);
    match(listed.out, new RegExp(`${id} .* decide,feedback  checkout-page\n.* read,manage  operator\n$`));
    equal(listed.out.includes(key), false);
    const revoked = await own.eddy(["keys", "revoke", id]);
    equal(revoked.code, 0, revoked.err);
    await until(async () => await statusOf(decisions, { text: "hi" }, key) === 401);
    match((await own.eddy(["keys", "list"])).out, /withdrawn +checkout-page/);
    equal(await server.stop(), 0);
  });

  it("refuses what it cannot do, in one sentence", async () => {
    await using own = await program();
    for (
      const [words, message] of [
        [["create"], /say whose it is/],
        [["create", "x", "--scopes", "publish"], /'publish': there are decide, feedback, read, manage/],
        [["revoke", "0195"], /0 keys have such an id/],
        [["remove", "x"], /there are create, list and revoke/],
      ] as const
    ) {
      const { code, err } = await own.eddy(["keys", ...words]);
      equal(code, 2);
      match(err, /^error: [^\n]*\n$/);
      match(err, message);
    }
  });
});

/** Waits for what comes within seconds: a service looks at its keys every two. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("It did not come to hold");
}
