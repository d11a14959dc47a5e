// NT-Xent of each view from the similarities of all pairs s [M, M], M = 2 N, or its gradient. p = (i + N) % M, m = max over j != i
//   loss[i] = log(sum over j != i of exp((s[i, j] - m) / TAU)) - (s[i, p] - m) / TAU
//   GRAD: ds[i, j] = dloss[i] / TAU * (softmax over j != i of s[i, :] / TAU - [j == p]), ds[i, i] = 0
// loss, dloss [M, 1]. One invocation owns one row; workgroup 64. Order: ascending j, fixed. The exponents are at most 0.
#input 0 s reused
#if GRAD
#input 1 dloss
#end
#output ${1 + GRAD} out

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

// Lanes of vec4 q that are other views than i.
fn others(q: u32, i: u32) -> vec4<bool> {
  let j = LANES + 4u * q;
  return (j < vec4<u32>(M)) & (j != vec4<u32>(i));
}

#index i < M
  let p = (i + M / 2u) % M;
  var largest4 = vec4<f32>(-3.0e38);
  for (var q = 0u; q < M4; q++) {
    largest4 = max(largest4, select(vec4<f32>(-3.0e38), s(i * M4 + q), others(q, i)));
  }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  var total4 = vec4<f32>(0.0);
  for (var q = 0u; q < M4; q++) {
    // Lanes that do not count are replaced before the exponential: the own similarity may exceed the largest.
    let z = select(vec4<f32>(largest), s(i * M4 + q), others(q, i));
    total4 += select(vec4<f32>(0.0), exp((z - largest) * ${INVERSE_TAU}), others(q, i));
  }
  let total = (total4.x + total4.y) + (total4.z + total4.w);
#if GRAD
  let g = dloss(i).x * ${INVERSE_TAU};
  for (var q = 0u; q < M4; q++) {
    let z = select(vec4<f32>(largest), s(i * M4 + q), others(q, i));
    let hit = select(vec4<f32>(0.0), vec4<f32>(1.0), LANES + 4u * q == vec4<u32>(p));
    let value = g * (exp((z - largest) * ${INVERSE_TAU}) / total - hit);
    set_out(i * M4 + q, select(vec4<f32>(0.0), value, others(q, i)));
  }
#else
  set_out(i, vec4<f32>(log(total) - (s(i * M4 + p / 4u)[p % 4u] - largest) * ${INVERSE_TAU}, 0.0, 0.0, 0.0));
#end
#end
