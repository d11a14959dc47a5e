// From partial sums to mean, biased variance and the affine form of the normalisation, per channel:
//   scale = gamma / sqrt(variance + EPS), offset = beta - mean * scale.
// part [SPLITS, 2, C4] of d = x - x[0] and d * d. One invocation owns one vec4 of channels.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> part: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> beta: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> mean: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> variance: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> scales: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> offsets: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let c = gid.x;
  if (c >= C4) { return; }
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  for (var s = 0u; s < SPLITS; s++) {
    first += part[(s * 2u) * C4 + c];
    second += part[(s * 2u + 1u) * C4 + c];
  }
  let d = first / f32(ROWS);
  let m = x[c] + d;
  let v = max(second / f32(ROWS) - d * d, vec4<f32>(0.0));
  let scale = gamma[c] / sqrt(v + ${EPS});
  mean[c] = m;
  variance[c] = v;
  scales[c] = scale;
  offsets[c] = beta[c] - m * scale;
}
