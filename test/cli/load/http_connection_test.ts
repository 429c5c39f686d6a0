import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { openConnection } from "../../../src/cli/load/http_connection.ts";

describe("openConnection()", () => {
  it("sends several bodies over one connection and reads whole answers, long ones too", async () => {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const body = await request.text();
      return new Response(body.repeat(body === "long" ? 50_000 : 1), { status: 201 });
    });
    using connection = await openConnection("127.0.0.1", server.addr.port);
    deepEqual(await connection.post("/", "grüße"), { status: 201, body: "grüße" });
    equal((await connection.post("/", "long")).body.length, 200_000);
    deepEqual(await connection.post("/", "again"), { status: 201, body: "again" });
    connection[Symbol.dispose]();
    await server.shutdown();
  });

  it("fails when the server closes in the middle of an answer", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = (async () => {
      const peer = await listener.accept();
      await peer.read(new Uint8Array(1024));
      await peer.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf"));
      peer.close();
    })();
    using connection = await openConnection("127.0.0.1", listener.addr.port);
    await rejects(connection.post("/", ""), /closed the connection/);
    await served;
    listener.close();
  });
});
