// out[i] = the sum of a few vec4s of x. A workgroup of 64 reads vec4s that lie together, side by side at each step.
// The number of steps comes from the size of x, so that the loop stays a loop.
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let steps = arrayLength(&x) / (grid.x * 64u);
  var i = (gid.x / 64u) * 64u * steps + gid.x % 64u;
  var sum = vec4<f32>(0.0);
  for (var k = 0u; k < steps; k++) {
    sum += x[i];
    i += 64u;
  }
  out[gid.x] = sum;
}
