// out[i] = the sum of a few texels of a storage texture 2048 wide. A workgroup of 64 reads texels that lie together, side
// by side at each step. The number of steps comes from the size of x, so that the loop stays a loop.
@group(0) @binding(0) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let steps = 2048u * textureDimensions(x).y / (grid.x * 64u);
  var i = (gid.x / 64u) * 64u * steps + gid.x % 64u;
  var sum = vec4<f32>(0.0);
  for (var k = 0u; k < steps; k++) {
    sum += textureLoad(x, vec2<u32>(i % 2048u, i / 2048u));
    i += 64u;
  }
  out[gid.x] = sum;
}
