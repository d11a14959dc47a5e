// From partial sums of g and g * (x - x[0]) to the gradients of gamma and beta, and to the three numbers per
// channel with which dx = k0 * g + k1 * x + k2:
//   dbeta = sum g, dgamma = sum g * xhat with xhat = (x - mean) / sqrt(variance + EPS)
//   dx = gamma * rstd * (g - dbeta / n - xhat * dgamma / n)
// part [SPLITS, 2, C4], k [3, C4]. One invocation owns one vec4 of channels.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> part: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> mean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> variance: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> dgamma: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> dbeta: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> k: array<vec4<f32>>;

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
  let rstd = 1.0 / sqrt(variance[c] + ${EPS});
  let slope = (second - (mean[c] - x[c]) * first) * rstd;
  let scale = gamma[c] * rstd;
  let k1 = -scale * rstd * slope / f32(ROWS);
  dgamma[c] = slope;
  dbeta[c] = first;
  k[c] = scale;
  k[C4 + c] = k1;
  k[2u * C4 + c] = -scale * first / f32(ROWS) - k1 * mean[c];
}
