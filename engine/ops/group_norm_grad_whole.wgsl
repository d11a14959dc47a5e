// Gradients of group normalisation for whole examples that are small, g = dy, and with SILU dy * silu'(z):
//   dx = scale * g + k2 * x + k3, xhat = (x - mean) * rstd, scale = gamma * rstd,
//   k2 = -rstd / n * sum over the group of scale * g * xhat, k3 = -1 / n * sum over the group of scale * g - k2 * mean;
//   k[b, 0] = sum of g * xhat, k[b, 1] = sum of g, per channel: this example's share of the gradients of gamma and beta.
// x, dy, dx [B, HW, C4] (vec4s of channels, at most 64); scales, offsets [B, C4]; means, rstds [B, G]; k [B, 2, C4].
// A workgroup of 64 owns one example: STRIPS lanes share a vec4 of channels, then each channel's strips and each group's
// channels are added. Order: ascending rows, strips, channels, fixed.
#input 0 x
#input 1 dy
#input 2 scales
#input 3 offsets
#output 4 dx
@group(0) @binding(5) var<storage, read> means: array<f32>;
@group(0) @binding(6) var<storage, read> rstds: array<f32>;
@group(0) @binding(7) var<storage, read_write> k: array<vec4<f32>>;

const STRIPS: u32 = 64u / C4;
var<workgroup> firsts: array<vec4<f32>, 64>;
var<workgroup> seconds: array<vec4<f32>, 64>;
var<workgroup> group_slope: array<f32, ${ROW}>;
var<workgroup> group_shift: array<f32, ${ROW}>;

fn gradient(at: u32, value: vec4<f32>, scale: vec4<f32>, offset: vec4<f32>) -> vec4<f32> {
#if SILU
  let z = value * scale + offset;
  let sigmoid = 1.0 / (1.0 + exp(min(-z, vec4<f32>(80.0))));
  return dy(at) * sigmoid * (1.0 + z * (1.0 - sigmoid));
#else
  return dy(at);
#end
}

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
  let scale = scales(b * C4 + c);
  let offset = offsets(b * C4 + c);
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  if (strip < STRIPS) {
    for (var r = strip; r < HW; r += STRIPS) {
      let value = x(start + r * C4);
      let g = gradient(start + r * C4, value, scale, offset);
      first += g;
      second += g * (value - origin);
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
    var mean: vec4<f32>;
    var rstd: vec4<f32>;
#for p in 0..4
    mean[${p}] = means[b * GROUP_ROW + min((4u * c + ${p}u) / CG, G - 1u)];
    rstd[${p}] = rstds[b * GROUP_ROW + min((4u * c + ${p}u) / CG, G - 1u)];
#end
    let along = (second - (mean - origin) * first) * rstd;
    k[b * 2u * C4 + c] = along;
    k[(b * 2u + 1u) * C4 + c] = first;
    firsts[lane] = scale * first;
    seconds[lane] = scale * along;
  }
  workgroupBarrier();
  for (var g = lane; g < G; g += 64u) {
    var sum = 0.0;
    var slope = 0.0;
    for (var n = g * CG; n < (g + 1u) * CG; n++) {
      sum += firsts[n / 4u][n % 4u];
      slope += seconds[n / 4u][n % 4u];
    }
    let k2 = -rstds[b * GROUP_ROW + g] * slope / ${HW * CG}.0;
    group_slope[g] = k2;
    group_shift[g] = -sum / ${HW * CG}.0 - k2 * means[b * GROUP_ROW + g];
  }
  workgroupBarrier();
  if (strip >= STRIPS) { return; }
  var k2: vec4<f32>;
  var k3: vec4<f32>;
#for p in 0..4
  if (4u * c + ${p}u < G * CG) {
    k2[${p}] = group_slope[(4u * c + ${p}u) / CG];
    k3[${p}] = group_shift[(4u * c + ${p}u) / CG];
  }
#end
  for (var r = strip; r < HW; r += STRIPS) {
    let value = x(start + r * C4);
    let g = gradient(start + r * C4, value, scale, offset);
    set_dx(start + r * C4, scale * g + k2 * value + k3);
  }
}
