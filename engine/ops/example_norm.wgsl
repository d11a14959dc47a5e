// Size of each example: out[b] = sqrt(sum of x[b]^2), or the largest |x[b]| where MAXIMUM. x [B, …], out [B, 1, …].
// One invocation owns one example, so the order of the sum is fixed and does not depend on the batch; workgroup 64.
#input 0 x reused
#output 1 out

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let b = gid.y * grid.x * 64u + gid.x;
  if (b >= B) { return; }
  var total = vec4<f32>(0.0);
  for (var k = 0u; k < INNER; k++) {
    let value = x(b * INNER + k);
#if MAXIMUM
    total = max(total, abs(value));
#else
    total += value * value;
#end
  }
#if MAXIMUM
  set_out(b, vec4<f32>(max(max(total.x, total.y), max(total.z, total.w)), 0.0, 0.0, 0.0));
#else
  set_out(b, vec4<f32>(sqrt((total.x + total.y) + (total.z + total.w)), 0.0, 0.0, 0.0));
#end
}
