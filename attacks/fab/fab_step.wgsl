// One step of FAB for each running slot: x := clip((1 - alpha)(x + ETA d1) + alpha (o + ETA d2)), clip to [0, 1],
//   alpha = min(a1 / (a1 + a2), ALPHA), a = max(norm of d, 1e-8); x the image, o the clean one, d1 and d2 the shortest
//   steps (in the norm) from x and from o to the plane {z: f + <w, z - x> = 0} within [0, 1].
// From a point t, with g = w signed so that <g, t> must fall by R = |f + <w, t - x>|, the step of coordinate i is
//   LINF: -sign(g) min(l, q), u = |g|,  q = t or 1 - t, the distance to the bound in that direction;
//   L2:   -g min(l, q),       u = g^2,  q = max(t / g, (t - 1) / g); |g| < MIN_WEIGHT stays.
// Unless OFFICIAL, a power of two scales w and f so that the largest |w| is in [1, 2). Where a w or f is not finite, x
// stays.
// l >= 0 solves sum of u min(l, q) = R, which is concave, rising and piecewise linear: Newton's method from 0 rises to the
// solution without passing it, l := (R - sum of u q where q <= l) / (sum of u where q > l), until l no longer grows.
// Where no u is left the plane is out of reach and all coordinates go to their bounds. After CAP rounds l is too small:
// the step ends short of the plane, but within the box.
// w, o, x [B, INNER] vec4s, f [B, 1], slot [B, 4]. A workgroup of 64 owns one example and solves for both points at
// once. Order of sums: each lane ascending by 64, then as in _reduce.wgsl.
#input 0 w
#input 1 f
@group(0) @binding(2) var<storage, read> origin: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> slot: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> x: array<vec4<f32>>;

const ZERO = vec4<f32>(0.0);
const ONE = vec4<f32>(1.0);
const FAR: f32 = 3.0e38;
#if LINF
fn weight(g: vec4<f32>) -> vec4<f32> { return abs(g); }
fn reach(g: vec4<f32>, t: vec4<f32>) -> vec4<f32> { return max(ZERO, select(ONE - t, t, g > ZERO)); }
fn direction(g: vec4<f32>) -> vec4<f32> { return -sign(g); }
#else
fn used(g: vec4<f32>) -> vec4<f32> { return select(ZERO, g, abs(g) >= vec4<f32>(${MIN_WEIGHT})); }
fn weight(g: vec4<f32>) -> vec4<f32> { return used(g) * used(g); }
fn reach(g: vec4<f32>, t: vec4<f32>) -> vec4<f32> {
  let h = select(ONE, g, abs(g) >= vec4<f32>(${MIN_WEIGHT}));
  return max(ZERO, max(t / h, (t - ONE) / h));
}
fn direction(g: vec4<f32>) -> vec4<f32> { return -used(g); }
#end

// Of the coordinates of one point: the sum of u q of those at their bounds, and of u of the others.
fn parts(g: vec4<f32>, t: vec4<f32>, l: f32) -> vec2<f32> {
  let u = weight(g);
  let q = reach(g, t);
  let bound = q <= vec4<f32>(l);
  return vec2<f32>(total_of(select(ZERO, u * q, bound)), total_of(select(u, ZERO, bound)));
}

fn climb(part: vec2<f32>, needed: f32) -> f32 {
  if (part.y <= 0.0) { return FAR; }
  return (needed - part.x) / part.y;
}

fn step_of(g: vec4<f32>, t: vec4<f32>, l: f32) -> vec4<f32> {
  return direction(g) * min(vec4<f32>(l), reach(g, t));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  if (slot[b].x != RUNNING) { return; }
  let start = b * INNER;
  var away = ZERO;
  var bits = vec4<u32>(0u);
  for (var k = lane; k < INNER; k += 64u) {
    let g = w(start + k);
    bits = max(bits, magnitudes(g));
    away += g * (origin[start + k] - x[start + k]);
  }
  let largest = largest_lanes(lane, bits);
  if (kind_of(largest) == 2u || !is_finite(f(b).x)) { return; }
#if OFFICIAL
  let power = 1.0;
#else
  let power = power_for(largest);
#end
  let gap = power * vec2<f32>(f(b).x, f(b).x + sum_lanes(lane, vec4<f32>(total_of(away))).x);
  let turn = select(vec2<f32>(1.0), vec2<f32>(-1.0), gap < vec2<f32>(0.0));
  let needed = abs(gap);
  var l = vec2<f32>(0.0);
  for (var round = 0u; round < CAP; round++) {
    var part = ZERO;
    for (var k = lane; k < INNER; k += 64u) {
      let g = power * w(start + k);
      part += vec4<f32>(parts(turn.x * g, x[start + k], l.x), parts(turn.y * g, origin[start + k], l.y));
    }
    let total = sum_lanes(lane, part);
    let next = vec2<f32>(climb(total.xy, needed.x), climb(total.zw, needed.y));
    let grown = next > l;
    if (!any(grown)) { break; }
    l = max(l, next);
  }
  var size = ZERO;
  for (var k = lane; k < INNER; k += 64u) {
    let g = power * w(start + k);
    let d1 = step_of(turn.x * g, x[start + k], l.x);
    let d2 = step_of(turn.y * g, origin[start + k], l.y);
#if LINF
    size = max(size, vec4<f32>(largest_of(abs(d1)), largest_of(abs(d2)), 0.0, 0.0));
#else
    size += vec4<f32>(total_of(d1 * d1), total_of(d2 * d2), 0.0, 0.0);
#end
  }
#if LINF
  let norms = max(max_lanes(lane, size).xy, vec2<f32>(1e-8));
#else
  let norms = max(sqrt(sum_lanes(lane, size).xy), vec2<f32>(1e-8));
#end
  let alpha = min(norms.x / (norms.x + norms.y), ${ALPHA});
  for (var k = lane; k < INNER; k += 64u) {
    let g = power * w(start + k);
    let t = x[start + k];
    let o = origin[start + k];
    let moved = (1.0 - alpha) * (t + ${ETA} * step_of(turn.x * g, t, l.x)) +
      alpha * (o + ${ETA} * step_of(turn.y * g, o, l.y));
    x[start + k] = clamp(moved, ZERO, ONE);
  }
}
