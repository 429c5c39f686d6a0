import type { Database } from "./database.ts";
import type { PolicyVersionRow, PublicationRow } from "./schema.ts";
import type { Assignment, PolicyStore, PolicyVersion, PublicationEvent } from "./store.ts";
import type { Writer } from "./writer.ts";

/** Versions of policies over a database. A version never changes; snapshots are kept once by their hash. */
export function createPolicyStore(database: Database, writer: Writer): PolicyStore {
  const { db } = database;
  return {
    add: (version, snapshot) =>
      writer.run([version.agent], async ({ unit }) => {
        if (snapshot !== undefined) {
          if (version.contentHash === undefined) {
            throw new RangeError(`Cannot keep version ${version.version}: its snapshot has no 'contentHash'`);
          }
          const known = await unit.selectFrom("snapshots").select("content_hash")
            .where("content_hash", "=", version.contentHash).executeTakeFirst();
          if (known === undefined) {
            await unit.insertInto("snapshots").values({ content_hash: version.contentHash, snapshot }).execute();
          }
        }
        const row = rowOf(version);
        const before = await unit.selectFrom("policy_versions").selectAll().where("agent", "=", row.agent)
          .where("version", "=", row.version).executeTakeFirst();
        if (before === undefined) await unit.insertInto("policy_versions").values(row).execute();
        else if (before.content_hash !== row.content_hash || before.learned_up_to !== row.learned_up_to) {
          throw new RangeError(
            `Cannot keep version ${version.version} of '${version.agent}': it is there with other content`,
          );
        }
      }),
    async list(agent: string, limit?: number): Promise<readonly PolicyVersion[]> {
      const query = db.selectFrom("policy_versions").selectAll().where("agent", "=", agent).orderBy("version", "desc");
      return (await (limit === undefined ? query : query.limit(limit)).execute()).map(versionOf);
    },
    async get(agent: string, version: number): Promise<PolicyVersion | undefined> {
      const row = await db.selectFrom("policy_versions").selectAll().where("agent", "=", agent)
        .where("version", "=", version).executeTakeFirst();
      return row && versionOf(row);
    },
    async nearestSnapshot(agent: string, version: number): Promise<PolicyVersion | undefined> {
      const row = await db.selectFrom("policy_versions").selectAll().where("agent", "=", agent)
        .where("version", "<=", version).where("content_hash", "is not", null)
        .orderBy("version", "desc").limit(1).executeTakeFirst();
      return row && versionOf(row);
    },
    async snapshot(contentHash: string): Promise<Uint8Array | undefined> {
      const row = await db.selectFrom("snapshots").select("snapshot").where("content_hash", "=", contentHash)
        .executeTakeFirst();
      return row && new Uint8Array(row.snapshot);
    },
    record: (event) =>
      writer.run([event.agent], async ({ unit }) => {
        const last = await unit.selectFrom("publications").select(({ fn }) => fn.max("position").as("position"))
          .where("agent", "=", event.agent).executeTakeFirst();
        const { assignment, ...rest } = event;
        const position = (last?.position ?? 0) + 1;
        await unit.insertInto("publications").values({ ...rest, position, assignment: JSON.stringify(assignment) })
          .execute();
      }),
    async history(agent: string, limit: number): Promise<readonly PublicationEvent[]> {
      const rows = await db.selectFrom("publications").selectAll().where("agent", "=", agent)
        .orderBy("position", "desc").limit(limit).execute();
      return rows.map(eventOf);
    },
    async assignment(agent: string): Promise<Assignment | undefined> {
      const row = await db.selectFrom("publications").selectAll().where("agent", "=", agent)
        .orderBy("position", "desc").limit(1).executeTakeFirst();
      return row && eventOf(row).assignment;
    },
  };
}

function rowOf(version: PolicyVersion): PolicyVersionRow {
  return {
    agent: version.agent,
    version: version.version,
    parent: version.parent ?? null,
    created_at: version.createdAt,
    learned_up_to: version.learnedUpTo,
    skipped: version.skipped === undefined ? null : JSON.stringify(version.skipped),
    content_hash: version.contentHash ?? null,
    bytes: version.bytes ?? null,
    report: JSON.stringify(version.report),
  };
}

function versionOf(row: PolicyVersionRow): PolicyVersion {
  return {
    agent: row.agent,
    version: row.version,
    ...(row.parent !== null && { parent: row.parent }),
    createdAt: row.created_at,
    learnedUpTo: row.learned_up_to,
    ...(row.skipped !== null && { skipped: JSON.parse(row.skipped) }),
    ...(row.content_hash !== null && { contentHash: row.content_hash }),
    ...(row.bytes !== null && { bytes: row.bytes }),
    report: JSON.parse(row.report),
  };
}

function eventOf({ position: _, assignment, ...row }: PublicationRow): PublicationEvent {
  return { ...row, action: row.action as PublicationEvent["action"], assignment: JSON.parse(assignment) };
}
