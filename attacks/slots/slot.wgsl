// Status of a slot, vec4<u32>(status, run, iteration, 0), see slot_attack.ts. Constants only; prefixed to kernels.
const RUNNING: u32 = 0u;
const MISCLASSIFIED: u32 = 1u;
const ROBUST: u32 = 2u;
