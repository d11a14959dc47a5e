// Finds the class with the nearest boundary, one class after another: where |f| / dual norm of w of class CLASS is below
//   distance[b], gradient := w, difference := f and distance := it. OFFICIAL adds 1e-12 to the norm. A norm of 0 is
//   further than any other; values that are not finite are skipped.
// The dual norm is the sum of |w| (LINF), else the square root of the sum of squares. Class 0 resets distance to FAR, and
// gradient and difference to 0; the label's own class is skipped. Running slots only.
// w, gradient [B, INNER] vec4s; f, difference, distance [B, 1]; labels [B], slot [B, 4]. A workgroup of 64 owns one
// example. Order of sums: each lane ascending by 64, then as in _reduce.wgsl.
#input 0 w
#input 1 f
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> slot: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> gradient: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> difference: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> distance: array<vec4<f32>>;

const FAR: f32 = 3.0e38;
const FURTHEST: f32 = 2.9e38;
var<workgroup> known: f32;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  if (slot[b].x != RUNNING) { return; }
#if CLASS == 0
  let nearest = FAR;
  // Without a class there is no plane.
  for (var k = lane; k < INNER; k += 64u) { gradient[b * INNER + k] = vec4<f32>(0.0); }
  if (lane == 0u) { difference[b] = vec4<f32>(0.0); }
#else
  if (lane == 0u) { known = distance[b].x; }
  let nearest = workgroupUniformLoad(&known);
#end
  if (labels[b] == CLASS) {
    if (lane == 0u) { distance[b] = vec4<f32>(nearest, 0.0, 0.0, 0.0); }
    return;
  }
  let start = b * INNER;
  var bits = vec4<u32>(0u);
  for (var k = lane; k < INNER; k += 64u) { bits = max(bits, magnitudes(w(start + k))); }
  let largest = largest_lanes(lane, bits);
#if OFFICIAL
  let power = 1.0;
#else
  let power = power_for(largest);
#end
  var size = vec4<f32>(0.0);
  for (var k = lane; k < INNER; k += 64u) {
    let g = power * w(start + k);
#if LINF
    size += abs(g);
#else
    size += g * g;
#end
  }
#if LINF
  let dual = total_of(sum_lanes(lane, size));
#else
  let dual = sqrt(total_of(sum_lanes(lane, size)));
#end
  let value = f(b).x;
#if OFFICIAL
  let found = abs(value) / (1e-12 + dual);
#else
  let found = select(min(power * abs(value) / dual, FURTHEST), FURTHEST, dual == 0.0);
#end
  let finite = is_finite(value) && kind_of(largest) != 2u;
  if (!finite || found >= nearest) {
    if (lane == 0u) { distance[b] = vec4<f32>(nearest, 0.0, 0.0, 0.0); }
    return;
  }
  for (var k = lane; k < INNER; k += 64u) { gradient[start + k] = w(start + k); }
  if (lane == 0u) {
    difference[b] = vec4<f32>(value, 0.0, 0.0, 0.0);
    distance[b] = vec4<f32>(found, 0.0, 0.0, 0.0);
  }
}
