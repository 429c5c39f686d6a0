import type { ErrorCode } from "../errors.ts";

/** Conditions that only exist between a client and a server. */
export type HttpCondition =
  | "body_too_large"
  | "conflict"
  | "content_type_unsupported"
  | "internal"
  | "key_missing"
  | "method_not_allowed"
  | "not_found"
  | "rate_limited";

/** Every word that `error.code` of an answer can be. */
export type HttpErrorCode = ErrorCode | HttpCondition;

/** HTTP status of each condition: the only place where one becomes the other. What a client cannot change is 5xx. */
export const STATUSES = {
  address_in_use: 500,
  body_too_large: 413,
  budget_spent: 503,
  checkpoint_invalid: 500,
  checkpoint_missing: 500,
  configuration_invalid: 500,
  constraint_invalid: 400,
  conflict: 409,
  content_type_unsupported: 415,
  data_invalid: 500,
  data_missing: 500,
  disk_full: 503,
  environment_invalid: 500,
  internal: 500,
  interrupted: 503,
  kernels_unavailable: 500,
  key_invalid: 401,
  key_missing: 401,
  method_not_allowed: 405,
  model_unsupported: 500,
  not_found: 404,
  overloaded: 503,
  rate_limited: 429,
  receipt_expired: 410,
  receipt_invalid: 400,
  remote_refused: 502,
  remote_unavailable: 502,
  request_invalid: 400,
  sandbox_unavailable: 503,
  scope_missing: 403,
  store_unavailable: 503,
  timed_out: 504,
  tokenizer_invalid: 500,
  version_missing: 404,
  weights_not_finite: 500,
  worker_failed: 503,
} as const satisfies Record<HttpErrorCode, number>;
