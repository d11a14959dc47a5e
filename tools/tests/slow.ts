/** Test files that take long.
 *
 * @module
 */

/**
 * Seconds of the test files that take over four, on two cores with a software adapter. `deno task test:all` starts with the
 * longest, `test:near` leaves out those of ten and more. The end of `test:all` says which were the slowest.
 */
export const SLOW_TESTS: Readonly<Record<string, number>> = {
  "attacks/apgd/apgd_reference_test.ts": 73,
  "attacks/apgd/apgd_test.ts": 12,
  "attacks/autoattack/autoattack_test.ts": 61,
  "attacks/autoattack/reference_test.ts": 94,
  "attacks/fab/fab_reference_test.ts": 16,
  "attacks/fab/fab_test.ts": 7,
  "attacks/slots/run_slots_test.ts": 6,
  "attacks/square/square_test.ts": 7,
  "attacks/testing/scale_test.ts": 11,
  "bench/attack/device_test.ts": 18,
  "bench/commands/bystanders_test.ts": 7,
  "bench/cells/attack_resume_test.ts": 13,
  "bench/cells/mod_test.ts": 91,
  "bench/commands/cli_test.ts": 64,
  "bench/damage/damage_test.ts": 34,
  "bench/jobs/run_jobs_test.ts": 5,
  "bench/run/interrupt_test.ts": 19,
  "bench/run/kill_test.ts": 42,
  "bench/run/reuse_cells_test.ts": 5,
  "bench/run/scale_test.ts": 6,
  "engine/nn/resnet_reference_test.ts": 51,
  "engine/nn/resnet_test.ts": 5,
  "engine/ops/arithmetic_test.ts": 10,
  "engine/ops/conv2d_test.ts": 24,
  "engine/ops/group_norm_test.ts": 5,
  "engine/ops/matmul_test.ts": 17,
  "engine/ops/optim_adam_test.ts": 6,
  "engine/ops/optim_sgd_test.ts": 6,
  "engine/ops/pool2d_test.ts": 11,
  "engine/ops/torch_reference_test.ts": 5,
  "engine/optim/dispatches_test.ts": 11,
  "engine/program/program_memory_test.ts": 7,
  "examples/examples_test.ts": 21,
  "paradigms/ddpm_test.ts": 33,
  "paradigms/evaluate_test.ts": 9,
  "paradigms/loss_objective_test.ts": 13,
  "paradigms/mae_test.ts": 7,
  "paradigms/probe_test.ts": 6,
  "paradigms/simclr_test.ts": 6,
  "paradigms/train_test.ts": 7,
  "tools/permissions_test.ts": 5,
  "tools/extending_test.ts": 14,
  "tools/presets_page_test.ts": 10,
};
