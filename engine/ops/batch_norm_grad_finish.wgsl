// From partial sums of g and g * (x - x[0]) to the gradients of gamma and beta, and to the three numbers per
// channel with which dx = k0 * g + k1 * x + k2:
//   dbeta = sum g, dgamma = sum g * xhat with xhat = (x - mean) / sqrt(variance + EPS)
//   dx = gamma * rstd * (g - dbeta / n - xhat * dgamma / n)
// part [SPLITS, 2, C4], k [3, C4]. One invocation owns one vec4 of channels.
#input 0 x
#input 1 part
#input 2 gamma
#input 3 mean
#input 4 variance
#output 5 dgamma
#output 6 dbeta
#output 7 k

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
  let rstd = 1.0 / sqrt(variance(c) + ${EPS});
  let slope = (second - (mean(c) - x(c)) * first) * rstd;
  let scale = gamma(c) * rstd;
  let k1 = -scale * rstd * slope / f32(ROWS);
  set_dgamma(c, slope);
  set_dbeta(c, first);
  set_k(c, scale);
  set_k(C4 + c, k1);
  set_k(2u * C4 + c, -scale * first / f32(ROWS) - k1 * mean(c));
}
