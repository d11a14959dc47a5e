// dgamma[c] = sum over b of k[b, 0, c], dbeta[c] = sum over b of k[b, 1, c]; k [B, 4, C4] (vec4s of channels).
// One invocation computes one vec4 of both. Order: ascending b, fixed.
#input 0 k
#output 1 dgamma
#output 2 dbeta

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let c = gid.x;
  if (c >= C4) { return; }
  var gamma = vec4<f32>(0.0);
  var beta = vec4<f32>(0.0);
  for (var b = 0u; b < B; b++) {
    gamma += k(b * 4u * C4 + c);
    beta += k((b * 4u + 1u) * C4 + c);
  }
  set_dgamma(c, gamma);
  set_dbeta(c, beta);
}
