// A slot is vec4<u32>(status, run, clock, 0), see slot_attack.ts. Constants only; prefixed to kernels of attacks.
const RUNNING: u32 = 0u;
const FOOLED: u32 = 1u;
const WITHSTOOD: u32 = 2u;
