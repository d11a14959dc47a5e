// Multiply-adds in registers alone: out[i] = sum of 3 chains k, where x_k starts at k + 2 and becomes x_k * m + a STEPS
// times; m and a come from memory, so that nothing can be computed beforehand. One invocation runs 3 independent
// chains of vec4s, 24 flops a step: enough to hide the latency of a multiply-add, few enough for 16 vector registers.
// Workgroup 64.
override STEPS: u32 = 512u;
@group(0) @binding(0) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let m = factors[0].x;
  let a = factors[1].x;
  var x0 = vec4<f32>(2.0);
  var x1 = vec4<f32>(3.0);
  var x2 = vec4<f32>(4.0);
  for (var i = 0u; i < STEPS; i += 4u) {
    x0 = x0 * m + a;
    x1 = x1 * m + a;
    x2 = x2 * m + a;
    x0 = x0 * m + a;
    x1 = x1 * m + a;
    x2 = x2 * m + a;
    x0 = x0 * m + a;
    x1 = x1 * m + a;
    x2 = x2 * m + a;
    x0 = x0 * m + a;
    x1 = x1 * m + a;
    x2 = x2 * m + a;
  }
  out[gid.x] = x0 + x1 + x2;
}
