// Partial sums of squares over BATCHES batches of up to BATCH tensors: partials[OFFSET + w] = sum of x * x
// over the elements that workgroup w of a batch's GROUPS takes from each tensor of the batch. Padding is 0 and adds
// nothing. Inputs: any shapes, N0, N1, … vec4s. Workgroup 64, one partial each; invocation j of a batch takes vec4s
// j, j + 64 GROUPS, … of each of its tensors in turn, then the 64 sums are added as a tree. Order fixed.
#for k in 0..INPUTS
@group(0) @binding(${k}) var<storage, read> x${k}: array<vec4<f32>>;
#end
@group(0) @binding(${INPUTS}) var<storage, read_write> partials: array<f32>;

var<workgroup> sums: array<f32, 64>;

// Where the loops over a batch begin: past the end of everything for the workgroups of other batches.
fn firstOf(group: u32, groups: u32, lane: u32) -> u32 {
  return select(0xffffffffu, group * 64u + lane, group < groups);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = vec4<f32>(0.0);
  var place = 0u;
#for b in 0..BATCHES
  let mine${b} = group.x - START${b};
  if (mine${b} < GROUPS${b}) { place = OFFSET${b} + mine${b}; }
  let first${b} = firstOf(mine${b}, GROUPS${b}, lane);
#end
#for k in 0..INPUTS
  for (var i = first${k / BATCH}; i < N${k}; i += GROUPS${k / BATCH} * 64u) { sum += x${k}[i] * x${k}[i]; }
#end
  sums[lane] = (sum.x + sum.y) + (sum.z + sum.w);
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u) { partials[place] = sums[0]; }
}
