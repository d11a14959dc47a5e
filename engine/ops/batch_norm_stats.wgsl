// Mean and biased variance of each channel, and the affine form of the normalisation, as the rows of stats [4, C4]:
//   mean, variance, scale = gamma / sqrt(variance + EPS), offset = beta - mean * scale.
// From x [ROWS, C4] (vec4s of channels) by d = x - x[0], shifted so that the variance does not cancel; or, with SPLITS,
// from partial sums part [SPLITS, 2, C4] of d and d * d. RUNNING: also updates the running statistics,
//   mean += MOMENTUM * (batch mean - mean), variance += MOMENTUM * (batch variance * UNBIASED - variance), batches += 1.
// A workgroup of 64 computes one vec4 of channels: a lane sums every 64th row, then the lanes are added as a tree.
// Order fixed.
#input 0 x
#input 1 gamma
#input 2 beta
#output 3 stats
#if SPLITS
#input 4 part
#end
#if RUNNING
@group(0) @binding(${4 + (SPLITS > 0)}) var<storage, read_write> running_mean: array<vec4<f32>>;
@group(0) @binding(${5 + (SPLITS > 0)}) var<storage, read_write> running_variance: array<vec4<f32>>;
@group(0) @binding(${6 + (SPLITS > 0)}) var<storage, read_write> batches: array<vec4<u32>>;
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
  for (var r = lane; r < ROWS; r += 64u) {
    let d = x(r * C4 + c) - shift;
    first += d;
    second += d * d;
  }
#end
  let sums = workgroup_pair_sum(lane, first, second);
  if (lane > 0u) { return; }
  let d = sums.first / f32(ROWS);
  let m = x(c) + d;
  let v = max(sums.second / f32(ROWS) - d * d, vec4<f32>(0.0));
  let scale = gamma(c) / sqrt(v + ${EPS});
  set_stats(c, m);
  set_stats(C4 + c, v);
  set_stats(2u * C4 + c, scale);
  set_stats(3u * C4 + c, beta(c) - m * scale);
#if RUNNING
  running_mean[c] += ${MOMENTUM} * (m - running_mean[c]);
  running_variance[c] += ${MOMENTUM} * (v * ${UNBIASED} - running_variance[c]);
  if (c == 0u) { batches[0].x += 1u; }
#end
}
