import type { ErrorCode } from "../errors.ts";

/** Exit code of each condition, after BSD's `sysexits.h`; 2 is a wrong command line, 130 Ctrl-C, 1 anything else. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  checkpoint_invalid: 65,
  checkpoint_missing: 66,
  configuration_invalid: 2,
  data_missing: 66,
  data_invalid: 65,
  disk_full: 74,
  environment_invalid: 65,
  interrupted: 130,
  kernels_unavailable: 69,
  model_unsupported: 65,
  tokenizer_invalid: 65,
  weights_not_finite: 70,
  worker_failed: 71,
};
