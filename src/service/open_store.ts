import { EddyError } from "../errors.ts";
import { openPostgresStore, openSqliteStore, openThreadedStore, type Store } from "../store/mod.ts";
import { servedNames } from "./served_names.ts";
import type { ServiceMachine } from "./service.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/**
 * The store that a configuration names.
 *
 * @param threaded Whether a SQLite file is written in a thread of its own: for a service, which must go on answering.
 * @throws {EddyError} `store_unavailable`, `configuration_invalid`
 */
export async function openStore(
  { store, agents }: Pick<ServiceConfiguration, "store" | "agents">,
  { databaseUrl }: Pick<ServiceMachine, "databaseUrl">,
  threaded = false,
): Promise<Store> {
  const metrics = Object.fromEntries([...servedNames({ agents })].map(([name, agent]) => [name, agent.metrics]));
  if (store.kind === "sqlite") return await (threaded ? openThreadedStore : openSqliteStore)(store.path, { metrics });
  const url = store.url ?? databaseUrl;
  if (url) return await openPostgresStore(url, { metrics });
  throw new EddyError(
    "configuration_invalid",
    "Cannot open the database: neither 'store.url' nor EDDY_DATABASE_URL says where it is",
  );
}
