// y = x / (1 - RATE) where the element's random number is at least RATE, and 0 elsewhere. The number of lane k of vec4 p of
// example examples[b] at step step[0] depends on these alone.
// x, y [B, SIZE] (vec4s). One invocation computes one vec4; workgroup 64. No reduction.
#input 0 x
@group(0) @binding(1) var<storage, read> examples: array<u32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;
#output 3 y

#index i < COUNT
  let bits = philox(vec4<u32>(examples[i / SIZE], step[0], i % SIZE, 0u), vec2<u32>(KEY0, KEY1));
  let random = vec4<f32>(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w));
  set_y(i, select(vec4<f32>(0.0), x(i) * ${SCALE}, random >= vec4<f32>(${RATE})));
#end
