// mean += MOMENTUM * (batchMean - mean)
// variance += MOMENTUM * (batchVariance * ROWS / (ROWS - 1) - variance), the unbiased estimate
// batches += 1
// All [C4] (vec4s of channels) but batches, one number. One invocation owns one vec4 of channels. Workgroup 64.
// No reduction.
@group(0) @binding(0) var<storage, read_write> mean: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> variance: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> batches: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> batch_mean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> batch_variance: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let c = gid.x;
  if (c == 0u) { batches[0].x += 1u; }
  if (c >= C4) { return; }
  mean[c] += ${MOMENTUM} * (batch_mean[c] - mean[c]);
  variance[c] += ${MOMENTUM} * (batch_variance[c] * ${UNBIASED} - variance[c]);
}
