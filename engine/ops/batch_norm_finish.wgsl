// From partial sums to mean, biased variance and the affine form of the normalisation, per channel:
//   scale = gamma / sqrt(variance + EPS), offset = beta - mean * scale.
// part [SPLITS, 2, C4] of d = x - x[0] and d * d. One invocation owns one vec4 of channels.
#input 0 x
#input 1 part
#input 2 gamma
#input 3 beta
#output 4 mean
#output 5 variance
#output 6 scales
#output 7 offsets

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let c = gid.x;
  if (c >= C4) { return; }
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  for (var s = 0u; s < SPLITS; s++) {
    first += part((s * 2u) * C4 + c);
    second += part((s * 2u + 1u) * C4 + c);
  }
  let d = first / f32(ROWS);
  let m = x(c) + d;
  let v = max(second / f32(ROWS) - d * d, vec4<f32>(0.0));
  let scale = gamma(c) / sqrt(v + ${EPS});
  set_mean(c, m);
  set_variance(c, v);
  set_scales(c, scale);
  set_offsets(c, beta(c) - m * scale);
}
