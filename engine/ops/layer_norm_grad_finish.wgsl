// Sums of the parts [SPLITS, 2, C4]: dgamma [C] and dbeta [C].
// One invocation owns one vec4 of channels; workgroup 64. Order: ascending parts, fixed.
#input 0 part
#output 1 dgamma
#output 2 dbeta

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let c = gid.y * grid.x * 64u + gid.x;
  if (c >= C4) { return; }
  var slope = vec4<f32>(0.0);
  var shift = vec4<f32>(0.0);
  for (var s = 0u; s < SPLITS; s++) {
    slope += part((s * 2u) * C4 + c);
    shift += part((s * 2u + 1u) * C4 + c);
  }
  set_dgamma(c, slope);
  set_dbeta(c, shift);
}
