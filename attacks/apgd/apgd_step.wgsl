// The step of Auto-PGD for every running slot, in place; at iteration 0 the start of a run.
//   start:  x = clip(x0 + EPS u / size(u)), u uniform in [-1, 1) with size the largest |u| (LINF), or standard normal
//           with size the L2 norm; without RANDOM, x = x0. previous = x.
//   step:   z = P(x + step d), d = sign(g) (LINF) or g / |g|;  next = P(x + a (z - x) + (1 - a) (x - previous));
//           previous = x, x = next. a = 1 at iteration 1, else 0.75.
//   P:      LINF: clip to x0 ± EPS, then to [0, 1]. L2: x0 + (x - x0) min(EPS, n) / n, n = |x - x0|, then clip.
// points, previous, origin, gradient [B, PIXELS] vec4s; progress [B, 8], the first being the step size; slots [B, 4];
// examples [B]. A workgroup of 64 owns one example. Order of sums, independent of the batch: pixels lane, lane + 64,
// ..., then ascending lanes. Padding stays 0. 1e-12 is added to lengths of images before a division. OFFICIAL: it is
// added to the gradient's length too, else a power of two scales the gradient before it is squared. A gradient that is
// 0 or not finite moves nothing.
// Source: Croce and Hein 2020, https://arxiv.org/abs/2003.01690, algorithm 1.
@group(0) @binding(0) var<storage, read_write> points: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> previous: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> origin: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> progress: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> slots: array<vec4<u32>>;
@group(0) @binding(6) var<storage, read> examples: array<u32>;

const ZERO = vec4<f32>(0.0);
const ONE = vec4<f32>(1.0);
var<workgroup> firsts: array<f32, 64>;
var<workgroup> largests: array<u32, 64>;
var<workgroup> seconds: array<f32, 64>;
var<workgroup> thirds: array<f32, 64>;

fn sum4(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

#if LINF
fn project(x: vec4<f32>, centre: vec4<f32>) -> vec4<f32> {
  return clamp(clamp(x, centre - ${EPS}, centre + ${EPS}), ZERO, ONE);
}
#else
// The factor that shortens a vector of squared length `squares` to at most EPS.
fn shrink(squares: f32) -> f32 {
  let length = sqrt(squares);
  return min(${EPS}, length) / (length + 1e-12);
}
#end

#if RANDOM
fn noise(example: u32, run: u32, pixel: u32) -> vec4<f32> {
  let bits = philox(vec4<u32>(example, run, pixel, 0u), vec2<u32>(KEY0, KEY1));
#if LINF
  let value = 2.0 * vec4<f32>(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w)) - 1.0;
#else
  let value = vec4<f32>(normal2(bits.x, bits.y), normal2(bits.z, bits.w));
#end
  return select(ZERO, value, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(C));
}
#end

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  let slot = slots[b];
  if (slot.x != RUNNING) { return; }
  let start = b * PIXELS;
  let end = start + PIXELS;
  if (slot.z == 0u) {
#if RANDOM
    var part = ZERO;
    for (var i = start + lane; i < end; i += 64u) {
      let u = noise(examples[b], slot.y, i - start);
      points[i] = u;
#if LINF
      part = max(part, abs(u));
#else
      part += u * u;
#end
    }
#if LINF
    firsts[lane] = max(max(part.x, part.y), max(part.z, part.w));
    workgroupBarrier();
    var size = 0.0;
    for (var k = 0u; k < 64u; k++) { size = max(size, firsts[k]); }
#else
    firsts[lane] = sum4(part);
    workgroupBarrier();
    var size = 0.0;
    for (var k = 0u; k < 64u; k++) { size += firsts[k]; }
    size = sqrt(size);
#end
    for (var i = start + lane; i < end; i += 64u) {
      let x = clamp(origin[i] + ${EPS} * (points[i] / (size + 1e-12)), ZERO, ONE);
      points[i] = x;
      previous[i] = x;
    }
#else
    for (var i = start + lane; i < end; i += 64u) {
      points[i] = origin[i];
      previous[i] = origin[i];
    }
#end
    return;
  }
  let a = select(0.75, 1.0, slot.z == 1u);
  let step = progress[2u * b].x;
#if LINF
  for (var i = start + lane; i < end; i += 64u) {
    let x = points[i];
    let centre = origin[i];
    let z = project(x + step * sign_of(gradient[i]), centre);
    points[i] = project(x + a * (z - x) + (1.0 - a) * (x - previous[i]), centre);
    previous[i] = x;
  }
#else
  var part = ZERO;
  var bits = vec4<u32>(0u);
  for (var i = start + lane; i < end; i += 64u) { bits = max(bits, magnitudes(gradient[i])); }
  largests[lane] = largest_magnitude(bits);
  workgroupBarrier();
  var largest = 0u;
  for (var k = 0u; k < 64u; k++) { largest = max(largest, largests[k]); }
  let usable = vec4<bool>(kind_of(largest) == 1u);
#if OFFICIAL
  let power = 1.0;
#else
  let power = power_for_squares(largest);
#end
  for (var i = start + lane; i < end; i += 64u) {
    let g = select(ZERO, power * gradient[i], usable);
    part += g * g;
  }
  firsts[lane] = sum4(part);
  workgroupBarrier();
  var squares = 0.0;
  for (var k = 0u; k < 64u; k++) { squares += firsts[k]; }
#if OFFICIAL
  let stride = step / (sqrt(squares) + 1e-12);
#else
  let stride = select(step / sqrt(squares), 0.0, squares == 0.0);
#end
  part = ZERO;
  for (var i = start + lane; i < end; i += 64u) {
    let d = points[i] + stride * select(ZERO, power * gradient[i], usable) - origin[i];
    part += d * d;
  }
  seconds[lane] = sum4(part);
  workgroupBarrier();
  squares = 0.0;
  for (var k = 0u; k < 64u; k++) { squares += seconds[k]; }
  let first_shrink = shrink(squares);
  part = ZERO;
  for (var i = start + lane; i < end; i += 64u) {
    let x = points[i];
    let centre = origin[i];
    let z = clamp(centre + first_shrink * (x + stride * select(ZERO, power * gradient[i], usable) - centre), ZERO, ONE);
    let next = x + a * (z - x) + (1.0 - a) * (x - previous[i]);
    previous[i] = x;
    points[i] = next;
    part += (next - centre) * (next - centre);
  }
  thirds[lane] = sum4(part);
  workgroupBarrier();
  squares = 0.0;
  for (var k = 0u; k < 64u; k++) { squares += thirds[k]; }
  let second_shrink = shrink(squares);
  for (var i = start + lane; i < end; i += 64u) {
    points[i] = clamp(origin[i] + second_shrink * (points[i] - origin[i]), ZERO, ONE);
  }
#end
}
