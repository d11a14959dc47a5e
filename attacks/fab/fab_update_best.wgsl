// Updates the best image of each running slot. Where x is misclassified (right[b] = 0): if its distance to the clean image
// is below score, image := x and score := the distance; then x := origin + BETA (x - origin). The slot ends as
// MISCLASSIFIED once score <= EPS; else it takes the next iteration of ITERATIONS, the next run of RUNS, or ends as ROBUST.
// x, origin, image [B, INNER] vec4s, right, score [B, 1], slot [B, 4]. A workgroup of 64 owns one example. Distance:
// LINF the largest difference, else the square root of the sum of squares, each lane ascending by 64, then _reduce.wgsl.
#input 0 right
@group(0) @binding(1) var<storage, read> origin: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> image: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> score: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> slot: array<vec4<u32>>;

const ZERO = vec4<f32>(0.0);
var<workgroup> now: vec4<u32>;
var<workgroup> best: f32;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = group.y * grid.x + group.x;
  if (b >= B) { return; }
  if (lane == 0u) {
    now = slot[b];
    best = score[b].x;
  }
  let old = workgroupUniformLoad(&now);
  let nearest = workgroupUniformLoad(&best);
  if (old.x != RUNNING) { return; }
  let start = b * INNER;
  var reached = nearest;
  if (right(b).x < 0.5) {
    var size = ZERO;
    for (var k = lane; k < INNER; k += 64u) { size = take_in(size, x[start + k] - origin[start + k]); }
    let distance = norm_lanes(lane, size);
    reached = min(nearest, distance);
    for (var k = lane; k < INNER; k += 64u) {
      let t = x[start + k];
      let o = origin[start + k];
      if (distance < nearest) { image[start + k] = t; }
      x[start + k] = clamp(o + ${BETA} * (t - o), ZERO, vec4<f32>(1.0));
    }
  }
  if (lane == 0u) {
    score[b] = vec4<f32>(reached, 0.0, 0.0, 0.0);
    if (reached <= ${EPS}) {
      slot[b].x = MISCLASSIFIED;
    } else if (old.z + 1u < ITERATIONS) {
      slot[b].z = old.z + 1u;
    } else {
      slot[b] = vec4<u32>(select(RUNNING, ROBUST, old.y + 1u == RUNS), old.y + 1u, 0u, 0u);
    }
  }
}
