/**
 * What any server on this runtime must do: reads a JSON body and answers one of the size of Eddy's, with nothing between. The
 * peer of `bench --only serving`, run as a program of its own.
 */
const RECEIPT = "r".repeat(150);

if (import.meta.main) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const body: unknown = await request.json();
    const answer = { id: "0198c2f1-6b7e-7d1a-9f0e-3f6a52f0c111", action: "refund", receipt: RECEIPT };
    return Response.json(Array.isArray(body) ? body.map(() => answer) : answer);
  });
  console.log(`listening at http://127.0.0.1:${server.addr.port}`);
  Deno.addSignalListener("SIGINT", () => void server.shutdown().then(() => Deno.exit(0)));
}
