// Proposals of the Square Attack in Linf, from origin and best [B, H, W, C] with C <= 4 in one vec4, slot and example
// number of each of B slots. Clock 0: origin + EPS * sign, a sign for each column and channel. Clock i + 1:
// best + 2 EPS * sign in a window of side x side pixels, a sign for each channel, clipped to EPS around origin. Both
// clipped to [0, 1]. Philox counter: (example, run * ITERATIONS + iteration, column or 0, 0); of its words the first two place
// the window, the third's low bits are the signs. Slots that do not run get a proposal that is never accepted.
// One invocation computes one pixel; workgroup 64. No reduction: order-free.
#input 0 origin
#input 1 best
@group(0) @binding(2) var<storage, read> slots: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> examples: array<u32>;
#output 4 proposal

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

#index at < B * H * W
  let b = at / (H * W);
  let row = at / W % H;
  let column = at % W;
  let run = slots[b].y;
  let iteration = slots[b].z;
  var side = SIDE0;
#for k in 1..LEVELS
  if (iteration > FROM${k}) { side = SIDE${k}; }
#end
  let counter = vec4<u32>(examples[b], run * ITERATIONS + iteration, select(0u, column, iteration == 0u), 0u);
  let bits = philox(counter, vec2<u32>(KEY0, KEY1));
  let signs = 1.0 - 2.0 * vec4<f32>((bits.zzzz >> LANES) & vec4<u32>(1u));
  let top = philox_mul(bits.x, H - side).x;
  let left = philox_mul(bits.y, W - side).x;
  let inside = row >= top && row < top + side && column >= left && column < left + side;
  let clean = origin(at);
  var value = clean + ${EPS} * signs;
  if (iteration != 0u) {
    value = clamp(best(at) + select(0.0, 2.0 * ${EPS}, inside) * signs, clean - ${EPS}, clean + ${EPS});
  }
  value = clamp(value, vec4<f32>(0.0), vec4<f32>(1.0));
  set_proposal(at, select(vec4<f32>(0.0), value, LANES < vec4<u32>(C)));
#end
