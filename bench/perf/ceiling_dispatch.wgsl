// out[0] += 1: next to nothing, so that starting it is what takes time; one workgroup of 64.
@group(0) @binding(0) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  if (gid.x == 0u) { out[0] += vec4<f32>(1.0); }
}
