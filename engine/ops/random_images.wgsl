// Random numbers, the same for an example whichever batch it is in: out[b, p, c] is lane c of block p of example
// examples[b] at step step[0]; uniform in [-1, 1), or standard normal where NORMAL.
// out [B, P, C] with C <= 4 lanes in one vec4. One invocation writes one vec4; workgroup 64.
@group(0) @binding(0) var<storage, read> examples: array<u32>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
#output 2 out

#index i < COUNT
  let bits = philox(vec4<u32>(examples[i / PIXELS], step[0], i % PIXELS, 0u), vec2<u32>(KEY0, KEY1));
#if NORMAL
  let value = vec4<f32>(normal2(bits.x, bits.y), normal2(bits.z, bits.w));
#else
  let value = 2.0 * vec4<f32>(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w)) - 1.0;
#end
  set_out(i, select(vec4<f32>(0.0), value, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(C)));
#end
