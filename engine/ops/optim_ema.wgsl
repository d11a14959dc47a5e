// Exponential moving average of a parameter, in place: shadow += weight * (param - shadow), weight = 1 - decay.
// In this form a shadow that equals its parameter stays equal, whatever the rounding of weight.
// shadow, param: any one shape; weight []. One invocation updates one vec4; workgroup 64. No reduction: order-free.
@group(0) @binding(0) var<storage, read_write> shadow: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> param: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= arrayLength(&shadow)) { return; }
  let old = shadow[i];
  shadow[i] = old + weight[0].x * (param[i] - old);
}
