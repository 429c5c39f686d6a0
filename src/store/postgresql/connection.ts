import pg from "pg";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import { explainError, isLost } from "./explain_error.ts";

/** Longest waits in milliseconds: for a connection, and for the answer to one statement. */
export interface PostgresDeadlines {
  /** Default 2000. */
  readonly connectMs?: number;
  /** Default 10000. */
  readonly statementMs?: number;
}

const INT8 = 20;

/** A pool that Kysely can use: 64-bit integers are numbers, errors are explained, broken connections are thrown away. */
export function openPool(url: string, place: string, deadlines: PostgresDeadlines): PostgresPool {
  const statementMs = deadlines.statementMs ?? 10_000;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "eddy",
    max: 8,
    connectionTimeoutMillis: deadlines.connectMs ?? 2_000,
    idleTimeoutMillis: 30_000,
    query_timeout: statementMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: 3 * statementMs,
    keepAlive: true,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text")) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that breaks while nobody uses it: the next one is made when it is needed.
  pool.on("error", () => {});
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect(): Promise<PostgresPoolClient> {
      try {
        return guard(await pool.connect(), place);
      } catch (error) {
        throw explainError(error, place);
      }
    },
  };
}

const guarded = new WeakMap<pg.PoolClient, PostgresPoolClient>();

/** One wrapper for each connection: Kysely knows connections by identity. */
function guard(client: pg.PoolClient, place: string): PostgresPoolClient {
  const known = guarded.get(client);
  if (known !== undefined) return known;
  let lost = false;
  // Without a listener, a connection that breaks between two statements would end the program.
  client.on("error", () => lost = true);
  const wrapper = {
    async query(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
      try {
        return await client.query(text, [...parameters]);
      } catch (error) {
        lost ||= isLost(error);
        throw explainError(error, place);
      }
    },
    release: (destroy?: boolean) => client.release(destroy === true || lost),
  } as unknown as PostgresPoolClient;
  guarded.set(client, wrapper);
  return wrapper;
}
