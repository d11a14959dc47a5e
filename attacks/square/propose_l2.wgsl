// Proposals of the Square Attack in L2, from origin and best [B, H, W, C] with C <= 4 in one vec4, slot and example number
// of each of B slots, and patterns: the tile's (TILE x TILE, at 0), then those of each window size.
// Clock 0: d = a pattern * sign in each of DOWN x ACROSS tiles. Clock i + 1: d = best - origin, changed by two windows:
//   in W1: (pattern * sign + d / |d in W1|) * sqrt(max(EPS^2 - |d|^2, 0) / C + |d in W1 or W2|^2) / |that bracket|,
//   in W2 but not W1: 0. Norms of windows are taken per channel. A random bit decides whether a pattern is transposed.
// proposal = origin + EPS * d / |d|, clipped to [0, 1]. Philox counter: (example, run * ITERATIONS + iteration, block, 0): of a
// start, block t is tile t's: signs and coin in words 0 and 1; later, block 0 places W1 and W2 and block 1 is like a
// tile's. Slots that do not run get a proposal that is never accepted.
// A workgroup of 64 owns one example; lanes take every 64th pixel. Order of sums: ascending pixels of a lane, eight
// lanes ascending, eight such sums ascending.
#input 0 origin reused
#input 1 best reused
@group(0) @binding(2) var<storage, read> slots: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> examples: array<u32>;
@group(0) @binding(4) var<storage, read> patterns: array<f32>;
#output 5 proposal

const PIXELS = H * W;
const TILES = DOWN * ACROSS;
const LANES = vec4<u32>(0u, 1u, 2u, 3u);
const TINY = vec4<f32>(1e-12);
var<workgroup> coins: array<u32, TILES>;
#for k in 0..3
var<workgroup> lanes${k}: array<vec4<f32>, 64>;
var<workgroup> eights${k}: array<vec4<f32>, 8>;
#end

struct Window {
  start: bool,
  side: u32,
  // Where its pattern begins.
  at: u32,
  // Signs of the channels in bits 0 to 3, the coin in bit 4.
  coins: u32,
  first: vec2<u32>,
  second: vec2<u32>,
}

fn covers(corner: vec2<u32>, side: u32, pixel: vec2<u32>) -> bool {
  return all(pixel >= corner) && all(pixel < corner + side);
}

fn coins_of(bits: vec4<u32>) -> u32 {
  return (bits.x & 15u) | ((bits.y & 1u) << 4u);
}

// Pattern * sign of each channel at pixel `p`: of its tile, or of the first window. Zero outside.
fn painted(p: u32, window: Window) -> vec4<f32> {
  let pixel = vec2<u32>(p / W, p % W);
  var corner = window.first;
  var coin = window.coins;
  var inside = covers(corner, window.side, pixel);
  if (window.start) {
    let tile = (pixel - vec2<u32>(TOP, LEFT)) / TILE;
    inside = all(pixel >= vec2<u32>(TOP, LEFT)) && all(tile < vec2<u32>(DOWN, ACROSS));
    corner = vec2<u32>(TOP, LEFT) + tile * TILE;
    coin = coins[min(tile.x * ACROSS + tile.y, TILES - 1u)];
  }
  let here = pixel - corner;
  let turned = select(here, here.yx, (coin & 16u) != 0u);
  let at = window.at + turned.x * window.side + turned.y;
  let value = patterns[select(0u, at, inside)];
  let signs = 1.0 - 2.0 * vec4<f32>((vec4<u32>(coin) >> LANES) & vec4<u32>(1u));
  return select(vec4<f32>(0.0), value * signs, (LANES < vec4<u32>(C)) & vec4<bool>(inside));
}

fn old(at: u32, start: bool) -> vec4<f32> {
  return select(best(at) - origin(at), vec4<f32>(0.0), vec4<bool>(start));
}

fn all_channels(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  let base = b * PIXELS;
  let run = slots[b].y;
  let iteration = slots[b].z;
  let key = vec2<u32>(KEY0, KEY1);
  let counter = vec4<u32>(examples[b], run * ITERATIONS + iteration, 0u, 0u);
  var window: Window;
  window.start = iteration == 0u;
  window.side = SIDE0;
  window.at = AT0;
#for k in 1..LEVELS
  if (iteration > FROM${k}) {
    window.side = SIDE${k};
    window.at = AT${k};
  }
#end
  let places = philox(counter, key);
  let span = vec2<u32>(H, W) - window.side;
  window.first = vec2<u32>(philox_mul(places.x, span.x).x, philox_mul(places.y, span.y).x);
  window.second = vec2<u32>(philox_mul(places.z, span.x).x, philox_mul(places.w, span.y).x);
  window.coins = coins_of(philox(counter + vec4<u32>(0u, 0u, 1u, 0u), key));
  let second_side = select(window.side, 0u, window.start);
  let tiles = select(0u, TILES, window.start);
  for (var t = lane; t < tiles; t += 64u) {
    coins[t] = coins_of(philox(counter + vec4<u32>(0u, 0u, t, 0u), key));
  }
  if (window.start) {
    window.side = TILE;
    window.at = 0u;
  }
  workgroupBarrier();

  var whole = vec4<f32>(0.0);
  var union_sum = vec4<f32>(0.0);
  var first_sum = vec4<f32>(0.0);
  for (var p = lane; p < PIXELS; p += 64u) {
    let d = old(base + p, window.start);
    let pixel = vec2<u32>(p / W, p % W);
    let in_first = covers(window.first, window.side, pixel);
    let in_union = in_first || covers(window.second, second_side, pixel);
    whole += d * d;
    first_sum += select(vec4<f32>(0.0), d * d, in_first);
    union_sum += select(vec4<f32>(0.0), d * d, in_union);
  }
  lanes0[lane] = whole;
  lanes1[lane] = union_sum;
  lanes2[lane] = first_sum;
  workgroupBarrier();
  if (lane < 8u) {
#for k in 0..3
    eights${k}[lane] = sum_lanes${k}(lane);
#end
  }
  workgroupBarrier();
  let room = max(${EPS_SQUARED} - all_channels(sum_eights0()), 0.0) / ${C}.0;
  let budget = sqrt(vec4<f32>(room) + sum_eights1());
  let old_norm = sqrt(sum_eights2()) + TINY;

  var bracket_sum = vec4<f32>(0.0);
  for (var p = lane; p < PIXELS; p += 64u) {
    let pixel = vec2<u32>(p / W, p % W);
    if (covers(window.first, window.side, pixel)) {
      let bracket = painted(p, window) + old(base + p, window.start) / old_norm;
      bracket_sum += bracket * bracket;
    }
  }
  lanes0[lane] = bracket_sum;
  workgroupBarrier();
  if (lane < 8u) { eights0[lane] = sum_lanes0(lane); }
  workgroupBarrier();
  let stretch = budget / (sqrt(sum_eights0()) + TINY);

  var next_sum = vec4<f32>(0.0);
  for (var p = lane; p < PIXELS; p += 64u) {
    let d = next(base, p, window, second_side, old_norm, stretch);
    next_sum += d * d;
  }
  lanes1[lane] = next_sum;
  workgroupBarrier();
  if (lane < 8u) { eights1[lane] = sum_lanes1(lane); }
  workgroupBarrier();
  let scale = ${EPS} / (sqrt(all_channels(sum_eights1())) + 1e-12);
  for (var p = lane; p < PIXELS; p += 64u) {
    let d = next(base, p, window, second_side, old_norm, stretch);
    set_proposal(base + p, clamp(origin(base + p) + scale * d, vec4<f32>(0.0), vec4<f32>(1.0)));
  }
}

// The perturbation before it is scaled to EPS, at pixel `p`.
fn next(base: u32, p: u32, window: Window, second_side: u32, old_norm: vec4<f32>, stretch: vec4<f32>) -> vec4<f32> {
  let pixel = vec2<u32>(p / W, p % W);
  let d = old(base + p, window.start);
  let paint = painted(p, window);
  if (window.start) { return paint; }
  let kept = select(d, vec4<f32>(0.0), covers(window.second, second_side, pixel));
  return select(kept, (paint + d / old_norm) * stretch, covers(window.first, window.side, pixel));
}
#for k in 0..3

fn sum_lanes${k}(part: u32) -> vec4<f32> {
  var total = lanes${k}[8u * part];
  for (var i = 1u; i < 8u; i++) { total += lanes${k}[8u * part + i]; }
  return total;
}

fn sum_eights${k}() -> vec4<f32> {
  var total = eights${k}[0];
  for (var i = 1u; i < 8u; i++) { total += eights${k}[i]; }
  return total;
}
#end
