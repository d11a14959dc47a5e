// dgamma[c] = sum over b of k[b, 0, c], dbeta[c] = sum over b of k[b, 1, c]; k [B, 4, C4] (vec4s of channels).
// One invocation computes one vec4 of both. Order: ascending b, fixed.
@group(0) @binding(0) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> dgamma: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dbeta: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>) {
  let c = gid.x;
  if (c >= C4) { return; }
  var gamma = vec4<f32>(0.0);
  var beta = vec4<f32>(0.0);
  for (var b = 0u; b < B; b++) {
    gamma += k[b * 4u * C4 + c];
    beta += k[(b * 4u + 1u) * C4 + c];
  }
  dgamma[c] = gamma;
  dbeta[c] = beta;
}
