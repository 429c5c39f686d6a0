import type { ErrorCode } from "../errors.ts";

/** Exit code of each condition, after BSD's `sysexits.h`; 2 is a wrong command line, 130 Ctrl-C, 1 anything else. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  address_in_use: 71,
  checkpoint_invalid: 65,
  checkpoint_missing: 66,
  configuration_invalid: 2,
  constraint_invalid: 65,
  data_missing: 66,
  data_invalid: 65,
  disk_full: 74,
  environment_invalid: 65,
  interrupted: 130,
  kernels_unavailable: 69,
  key_invalid: 77,
  model_unsupported: 65,
  overloaded: 75,
  receipt_expired: 65,
  receipt_invalid: 65,
  request_invalid: 65,
  scope_missing: 77,
  store_unavailable: 69,
  timed_out: 75,
  tokenizer_invalid: 65,
  version_missing: 66,
  weights_not_finite: 70,
  worker_failed: 71,
};
