// Group normalisation of whole examples that are small: y = z, or z * sigmoid(z) with SILU, z = x * scale + offset,
//   scale = gamma * rstd, offset = beta - mean * scale, mean and rstd = 1 / sqrt(variance + EPS) of each group.
// x, y [B, HW, C4] (vec4s of channels, at most 64); means, rstds [B, G], scales, offsets [B, C]. A workgroup of 64 owns
// one example: STRIPS lanes share a vec4 of channels, then each channel's strips and each group's channels are added.
// Each channel's own mean, and the squares about it: no large numbers cancel. Order: ascending rows, strips, channels.
#input 0 x
#input 1 gamma
#input 2 beta
#output 3 y
@group(0) @binding(4) var<storage, read_write> means: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstds: array<f32>;
@group(0) @binding(6) var<storage, read_write> scales: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> offsets: array<vec4<f32>>;

const STRIPS: u32 = 64u / C4;
var<workgroup> firsts: array<vec4<f32>, 64>;
var<workgroup> seconds: array<vec4<f32>, 64>;
var<workgroup> group_mean: array<f32, ${ROW}>;
var<workgroup> group_rstd: array<f32, ${ROW}>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  let c = lane % C4;
  let strip = lane / C4;
  let start = b * HW * C4 + c;
  let origin = x(start);
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  if (strip < STRIPS) {
    for (var r = strip; r < HW; r += STRIPS) {
      let d = x(start + r * C4) - origin;
      first += d;
      second += d * d;
    }
  }
  firsts[lane] = first;
  seconds[lane] = second;
  workgroupBarrier();
  if (lane < C4) {
    for (var s = 1u; s < STRIPS; s++) {
      first += firsts[s * C4 + lane];
      second += seconds[s * C4 + lane];
    }
    let d = first / ${HW}.0;
    firsts[lane] = origin + d;
    seconds[lane] = max(second - first * d, vec4<f32>(0.0));
  }
  workgroupBarrier();
  for (var g = lane; g < G; g += 64u) {
    var mean = 0.0;
    var squares = 0.0;
    for (var k = g * CG; k < (g + 1u) * CG; k++) {
      mean += firsts[k / 4u][k % 4u];
      squares += seconds[k / 4u][k % 4u];
    }
    mean /= ${CG}.0;
    for (var k = g * CG; k < (g + 1u) * CG; k++) {
      let d = firsts[k / 4u][k % 4u] - mean;
      squares += ${HW}.0 * d * d;
    }
    let rstd = 1.0 / sqrt(squares / ${HW * CG}.0 + ${EPS});
    group_mean[g] = mean;
    group_rstd[g] = rstd;
    means[b * GROUP_ROW + g] = mean;
    rstds[b * GROUP_ROW + g] = rstd;
  }
  if (lane < GROUP_ROW - G) {
    means[b * GROUP_ROW + G + lane] = 0.0;
    rstds[b * GROUP_ROW + G + lane] = 0.0;
  }
  workgroupBarrier();
  if (strip >= STRIPS) { return; }
  // The padding of gamma and beta is zero, whatever group it is counted to.
  var mean: vec4<f32>;
  var rstd: vec4<f32>;
#for p in 0..4
  mean[${p}] = group_mean[min((4u * c + ${p}u) / CG, G - 1u)];
  rstd[${p}] = group_rstd[min((4u * c + ${p}u) / CG, G - 1u)];
#end
  let scale = gamma(c) * rstd;
  let offset = beta(c) - mean * scale;
  if (strip == 0u) {
    scales[b * C4 + c] = scale;
    offsets[b * C4 + c] = offset;
  }
  for (var r = strip; r < HW; r += STRIPS) {
    let z = x(start + r * C4) * scale + offset;
#if SILU
    set_y(start + r * C4, z / (1.0 + exp(min(-z, vec4<f32>(80.0)))));
#else
    set_y(start + r * C4, z);
#end
  }
}
