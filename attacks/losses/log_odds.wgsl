// Log odds against the label, or their gradient, from logits z [B, C] and labels [B], with d[j] = z[j] - z[y] for j != y:
//   loss[b] = log(mean over j of exp(d[j])), computed relative to the largest d; where all |d| are below 0.01, as
//             mean + variance / 2, since the logarithm of a number near 1 loses precision
//   GRAD: dz[b, j] = dloss[b] * exp(d[j]) / sum over j of exp(d[j]), dz[b, y] = -dloss[b]
// The largest exponent is 0, so that the gradient does not vanish at any size of the logits.
// One invocation owns one example; workgroup 64. Order: ascending j, fixed.
#input 0 logits
@group(0) @binding(1) var<storage, read> labels: array<u32>;
#if GRAD
#input 2 dloss
#end
#output ${2 + GRAD} out

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

fn others(q: u32, y: u32) -> vec4<bool> {
  let j = LANES + 4u * q;
  return (j < vec4<u32>(C)) & (j != vec4<u32>(y));
}

fn total_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

#index b < B
  let y = labels[b];
  let own = logits(b * C4 + y / 4u)[y % 4u];
  var largest4 = vec4<f32>(-3.0e38);
  for (var q = 0u; q < C4; q++) {
    largest4 = max(largest4, select(vec4<f32>(-3.0e38), logits(b * C4 + q) - own, others(q, y)));
  }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  var total = 0.0;
  for (var q = 0u; q < C4; q++) {
    let d = select(vec4<f32>(0.0), logits(b * C4 + q) - own - largest, others(q, y));
    total += total_of(select(vec4<f32>(0.0), exp(d), others(q, y)));
  }
#if GRAD
  let g = dloss(b).x;
  for (var q = 0u; q < C4; q++) {
    let d = select(vec4<f32>(0.0), logits(b * C4 + q) - own - largest, others(q, y));
    let hit = select(vec4<f32>(0.0), vec4<f32>(-g), LANES + 4u * q == vec4<u32>(y));
    set_out(b * C4 + q, select(hit, g * (exp(d) / total), others(q, y)));
  }
#else
  var sum = 0.0;
  var furthest = 0.0;
  for (var q = 0u; q < C4; q++) {
    let d = select(vec4<f32>(0.0), logits(b * C4 + q) - own, others(q, y));
    sum += total_of(d);
    furthest = max(furthest, max(max(abs(d.x), abs(d.y)), max(abs(d.z), abs(d.w))));
  }
  let mean = sum / ${C - 1}.0;
  var squares = 0.0;
  for (var q = 0u; q < C4; q++) {
    let d = select(vec4<f32>(0.0), logits(b * C4 + q) - own - mean, others(q, y));
    squares += total_of(d * d);
  }
  let near = mean + 0.5 * squares / ${C - 1}.0;
  let far = largest + log(total / ${C - 1}.0);
  set_out(b, vec4<f32>(select(far, near, furthest < 0.01), 0.0, 0.0, 0.0));
#end
#end
