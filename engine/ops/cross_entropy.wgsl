// Softmax cross-entropy per example, or its gradient, from logits [B, C] and labels [B].
//   loss[b] = log(sum over c of exp(z[b, c] - m)) - (z[b, y] - m), m = the largest logit
//   GRAD: dz[b, c] = dloss[b] * (softmax(z[b])[c] - [c == y])
// One invocation owns one example; workgroup 64. Order: ascending c, fixed. The exponents are at most 0.
#input 0 logits
@group(0) @binding(1) var<storage, read> labels: array<u32>;
#if GRAD
#input 2 dloss
#end
#output ${2 + GRAD} out

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

#index b < B
  var largest = -3.0e38;
  for (var q = 0u; q < C4; q++) {
    let z = select(vec4<f32>(-3.0e38), logits(b * C4 + q), LANES + 4u * q < vec4<u32>(C));
    largest = max(largest, max(max(z.x, z.y), max(z.z, z.w)));
  }
  var total = 0.0;
  for (var q = 0u; q < C4; q++) {
    let e = select(vec4<f32>(0.0), exp(logits(b * C4 + q) - largest), LANES + 4u * q < vec4<u32>(C));
    total += (e.x + e.y) + (e.z + e.w);
  }
  let y = labels[b];
#if GRAD
  let g = dloss(b).x;
  for (var q = 0u; q < C4; q++) {
    let lane = LANES + 4u * q;
    let p = exp(logits(b * C4 + q) - largest) / total;
    let hit = select(vec4<f32>(0.0), vec4<f32>(1.0), lane == vec4<u32>(y));
    set_out(b * C4 + q, select(vec4<f32>(0.0), g * (p - hit), lane < vec4<u32>(C)));
  }
#else
  set_out(b, vec4<f32>(log(total) - (logits(b * C4 + y / 4u)[y % 4u] - largest), 0.0, 0.0, 0.0));
#end
#end
