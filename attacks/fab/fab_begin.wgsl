// The start of a run, for each running slot at iteration 0. x := origin; from the second restart on
//   x := clip(origin + min(RADIUS, score) / 2 * u / size of u) to [0, 1], LINF: u uniform in [-1, 1), size max |u|;
//   else u normal, size the square root of the sum of squares.
// In run 0 also image := origin and score := 1e10, and where TARGETED target := targets[run / RESTARTS].
// origin, x, image [B, INNER] vec4s, ROW of them in a row with LANES lanes in use of the last; slot [B, 4], examples [B],
// score [B, 1], targets [B, T], target [B]. A workgroup of 64 owns one example. Random numbers: block k of the
// example at step run gives the lanes of vec4 k.
@group(0) @binding(0) var<storage, read> origin: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> slot: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> examples: array<u32>;
@group(0) @binding(3) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> image: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> score: array<vec4<f32>>;
#if TARGETED
@group(0) @binding(6) var<storage, read> targets: array<u32>;
@group(0) @binding(7) var<storage, read_write> goal: array<u32>;
#end

const ZERO = vec4<f32>(0.0);

fn draw(b: u32, run: u32, k: u32) -> vec4<f32> {
  let bits = philox(vec4<u32>(examples[b], run, k, 0u), vec2<u32>(KEY0, KEY1));
#if LINF
  let u = 2.0 * vec4<f32>(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w)) - 1.0;
#else
  let u = vec4<f32>(normal2(bits.x, bits.y), normal2(bits.z, bits.w));
#end
  let lanes = select(4u, LANES, k % ROW == ROW - 1u);
  return select(ZERO, u, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(lanes));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  let now = slot[b];
  if (now.x != RUNNING || now.z != 0u) { return; }
  let run = now.y;
  let start = b * INNER;
  if (lane == 0u) {
#if TARGETED
    goal[b] = targets[b * TARGET_ROW + run / RESTARTS];
#end
    if (run == 0u) { score[b] = vec4<f32>(1e10, 0.0, 0.0, 0.0); }
  }
  if (run == 0u) {
    for (var k = lane; k < INNER; k += 64u) { image[start + k] = origin[start + k]; }
  }
  if (run % RESTARTS == 0u) {
    for (var k = lane; k < INNER; k += 64u) { x[start + k] = origin[start + k]; }
    return;
  }
  var size = ZERO;
  for (var k = lane; k < INNER; k += 64u) { size = take_in(size, draw(b, run, k)); }
  let scale = 0.5 * min(${RADIUS}, score[b].x) / max(norm_lanes(lane, size), 1e-12);
  for (var k = lane; k < INNER; k += 64u) {
    x[start + k] = clamp(origin[start + k] + scale * draw(b, run, k), ZERO, vec4<f32>(1.0));
  }
}
