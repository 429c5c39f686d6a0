import type { AgentConfiguration } from "../agent/mod.ts";
import type { HttpLimits } from "../http/mod.ts";

/** The whole of a service, as `eddy.config.ts` (its default export) or JSON says it; everything but `agents` has a default. */
export interface ServiceConfiguration {
  /** What is served, by name. */
  readonly agents: Readonly<Record<string, AgentConfiguration>>;
  /** What is kept where. */
  readonly store: { readonly kind: "sqlite"; readonly path: string } | {
    readonly kind: "postgresql";
    /** `postgres://…`; `EDDY_DATABASE_URL` unless given. */
    readonly url?: string;
  };
  /** Days after which judged steps are forgotten; 0: never. */
  readonly retentionDays: number;
  /** Where it listens, and whom it lets in. */
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly corsOrigins: readonly string[];
    readonly limits: HttpLimits;
    /** `open`: requests without a key may do everything (only on 127.0.0.1); `keys`: they may do nothing. */
    readonly access: "open" | "keys";
  };
  /** Where the centre is, for an edge. */
  readonly edge?: {
    /** Address of the centre, `https://…`. */
    readonly centre: string;
    /** File of the outbox. */
    readonly outbox: string;
  };
}

/** What is written by people: every part may be left out that has a default. */
export type ServiceConfigurationInput =
  & { readonly agents: Readonly<Record<string, AgentConfigurationInput>> }
  & { readonly [Part in Exclude<keyof ServiceConfiguration, "agents">]?: DeepPartial<ServiceConfiguration[Part]> };

/** An agent as people write it: `policy`, and what differs from the defaults. */
export type AgentConfigurationInput =
  & Pick<AgentConfiguration, "policy">
  & DeepPartial<Omit<AgentConfiguration, "policy">>;

/** Every property may be left out, at every depth; lists are whole. */
export type DeepPartial<T> = T extends readonly unknown[] ? T
  : T extends object ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
  : T;
