import type { ErrorCode } from "../errors.ts";

/** Status of each condition; complete by type. What a client cannot do anything about is 500. */
export const STATUSES: Readonly<Record<ErrorCode, 400 | 401 | 403 | 404 | 409 | 410 | 500 | 503 | 504 | 507>> = {
  address_in_use: 500,
  checkpoint_invalid: 500,
  checkpoint_missing: 500,
  configuration_invalid: 500,
  data_invalid: 500,
  data_missing: 500,
  disk_full: 507,
  environment_invalid: 500,
  interrupted: 503,
  kernels_unavailable: 500,
  key_invalid: 401,
  model_unsupported: 500,
  overloaded: 503,
  receipt_expired: 410,
  receipt_invalid: 400,
  request_invalid: 400,
  scope_missing: 403,
  store_unavailable: 503,
  timed_out: 504,
  tokenizer_invalid: 500,
  version_missing: 404,
  weights_not_finite: 500,
  worker_failed: 503,
};
