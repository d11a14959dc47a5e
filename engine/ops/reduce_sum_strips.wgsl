// Sums over the middle of [OUTER, LENGTH, INNER] (in vec4s): out[o, k] = sum of x[o, r, k] over r. LANES: also sums the
// four lanes, so that the innermost dimension is reduced too.
// A workgroup of 64 computes 64 / STRIPS vec4s of the output: one invocation sums the rows strip, strip + STRIPS, …
// of one vec4, then the STRIPS sums, a power of 2 of them, are added as a tree. Order fixed.
#input 0 x
#output 1 out

const PER: u32 = 64u / STRIPS;
var<workgroup> sums: array<vec4<f32>, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * grid.x + group.x) * PER + lane % PER;
  var sum = vec4<f32>(0.0);
  if (i < OUTER * INNER) {
    let first = i / INNER * LENGTH * INNER + i % INNER;
    for (var r = lane / PER; r < LENGTH; r += STRIPS) { sum += x(first + r * INNER); }
  }
  sums[lane] = sum;
  for (var half = 32u; half >= PER; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane >= PER || i >= OUTER * INNER) { return; }
  sum = sums[lane];
#if LANES
  sum = vec4<f32>((sum.x + sum.y) + (sum.z + sum.w), 0.0, 0.0, 0.0);
#end
  set_out(i, sum);
}
