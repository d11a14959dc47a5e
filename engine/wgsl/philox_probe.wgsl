// Test kernel, after philox.wgsl: per invocation one block of bits, its four uniforms and four normals.
// The last four invocations take normals of the extreme words, where logarithm and quadrant are delicate.
@group(0) @binding(0) var<storage, read> counters: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> key: vec2<u32>;
@group(0) @binding(2) var<storage, read_write> bits: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> floats: array<vec4<f32>>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  let r = philox(counters[i], key);
  bits[i] = r;
  floats[2u * i] = vec4<f32>(uniform01(r.x), uniform01(r.y), uniform01(r.z), uniform01(r.w));
  var a = r.x;
  var b = r.y;
  if (i >= arrayLength(&counters) - 4u) {
    a = select(0u, 0xffffffffu, i % 2u == 1u);
    b = select(0u, 0xffffffffu, i % 4u < 2u);
  }
  floats[2u * i + 1u] = vec4<f32>(normal2(a, b), normal2(r.z, r.w));
}
