// Partial sums of squares over INPUTS tensors: partials[OFFSET + w] = sum of x * x over the elements that
// workgroup w of GROUPS takes from each of them. Padding is 0 and adds nothing.
// Inputs: any shapes, N0, N1, … vec4s. Workgroup 64, one partial each; invocation j of all takes vec4s j,
// j + THREADS, … of each input in turn, then the 64 sums are added as a tree. Order fixed.
#for k in 0..INPUTS
@group(0) @binding(${k}) var<storage, read> x${k}: array<vec4<f32>>;
#end
@group(0) @binding(${INPUTS}) var<storage, read_write> partials: array<f32>;

const THREADS: u32 = GROUPS * 64u;
var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * 64u + lane;
  var sum = vec4<f32>(0.0);
#for k in 0..INPUTS
  for (var i = first; i < N${k}; i += THREADS) { sum += x${k}[i] * x${k}[i]; }
#end
  sums[lane] = (sum.x + sum.y) + (sum.z + sum.w);
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u) { partials[OFFSET + group.x] = sums[0]; }
}
