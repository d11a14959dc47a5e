// The gradients of gamma and beta, and the three numbers per channel with which dx = k0 * g + k1 * x + k2:
//   dbeta = sum g, dgamma = sum g * xhat with xhat = (x - mean) / sqrt(variance + EPS)
//   dx = gamma * rstd * (g - dbeta / n - xhat * dgamma / n)
// where g = dy, and 0 where RELU and the forward output was 0. From x, dy [ROWS, C4] (vec4s of channels) or, with
// SPLITS, from partial sums part [SPLITS, 2, C4] of g and g * (x - x[0]); stats [4, C4] as in batch_norm_stats.wgsl,
// k [3, C4]. A workgroup of 64 computes one vec4 of channels: a lane sums every 64th row, then the lanes are added as a
// tree. Order fixed.
#input 0 x
#input 1 gamma
#input 2 stats
#output 3 dgamma
#output 4 dbeta
#output 5 k
#if SPLITS
#input 6 part
#else
#input 6 dy
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let c = group.x;
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
#if SPLITS
  for (var s = lane; s < SPLITS; s += 64u) {
    first += part((s * 2u) * C4 + c);
    second += part((s * 2u + 1u) * C4 + c);
  }
#else
  let shift = x(c);
  let scale = stats(2u * C4 + c);
  let offset = stats(3u * C4 + c);
  for (var r = lane; r < ROWS; r += 64u) {
    let value = x(r * C4 + c);
    var g = dy(r * C4 + c);
#if RELU
    g = select(vec4<f32>(0.0), g, value * scale + offset > vec4<f32>(0.0));
#end
    first += g;
    second += g * (value - shift);
  }
#end
  let sums = workgroup_pair_sum(lane, first, second);
  if (lane > 0u) { return; }
  let mean = stats(c);
  let rstd = 1.0 / sqrt(stats(C4 + c) + ${EPS});
  let slope = (sums.second - (mean - x(c)) * sums.first) * rstd;
  let k0 = gamma(c) * rstd;
  let k1 = -k0 * rstd * slope / f32(ROWS);
  set_dgamma(c, slope);
  set_dbeta(c, sums.first);
  set_k(c, k0);
  set_k(C4 + c, k1);
  set_k(2u * C4 + c, -k0 * sums.first / f32(ROWS) - k1 * mean);
}
