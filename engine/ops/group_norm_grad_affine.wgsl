// dgamma[c] = sum over b of k[b, 0, c], dbeta[c] = sum over b of k[b, 1, c]; k [B, KINDS, C4] (vec4s of channels).
// A workgroup of 64 computes one vec4 of both: a lane sums every 64th b, then the lanes are added as a tree. Order fixed.
#input 0 k
#output 1 dgamma
#output 2 dbeta

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let c = group.x;
  var slope = vec4<f32>(0.0);
  var shift = vec4<f32>(0.0);
  for (var b = lane; b < B; b += 64u) {
    slope += k(b * KINDS * C4 + c);
    shift += k((b * KINDS + 1u) * C4 + c);
  }
  let sums = workgroup_pair_sum(lane, slope, shift);
  if (lane > 0u) { return; }
  set_dgamma(c, sums.first);
  set_dbeta(c, sums.second);
}
