// out[b] = the high word of BELOW * (first random word of example examples[b] at step step[0]), below BELOW.
// examples, out [B] u32, padded to vec4s; out's padding is zero. One invocation computes one number; workgroup 64.
@group(0) @binding(0) var<storage, read> examples: array<u32>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

#index i < PADDED
  let bits = philox(vec4<u32>(examples[i], step[0], 0u, 0u), vec2<u32>(KEY0, KEY1));
  out[i] = select(0u, philox_mul(bits.x, BELOW).x, i < B);
#end
